/// What to do about a failure: a sentence in which all that this library can do about it is a value.
///
/// ``description`` names the steps as the library does; a program that has commands or buttons for them says so
/// with ``text(_:)``, and one that acts by itself looks at ``steps``.
public struct Remedy: Sendable, Equatable, CustomStringConvertible {
  fileprivate enum Part: Sendable, Equatable {
    case words(String)
    case step(Step)
  }

  fileprivate var parts: [Part]

  /// Advice without a step.
  public init(_ words: String) {
    parts = [.words(words)]
  }

  /// What can be done, in the order of the sentence; empty where it is for a person to do.
  public var steps: [Step] {
    parts.compactMap { if case .step(let step) = $0 { step } else { nil } }
  }

  /// The sentence, with each step in the words of `name`.
  public func text(_ name: (Step) -> String) -> String {
    parts.map { part in
      switch part {
      case .words(let words): words
      case .step(let step): name(step)
      }
    }.joined()
  }

  /// The sentence, with the names of the steps.
  public var description: String { text { "`\($0.name)`" } }

  /// One sentence behind another.
  static package func + (left: Remedy, right: Remedy) -> Remedy {
    var sum = left
    sum.parts.append(right.parts)
    return sum
  }
}

extension [Remedy.Part] {
  /// Words continue the words before them, so that equal sentences are equal values.
  fileprivate mutating func append(words: String) {
    if case .words(let before) = last {
      self[count - 1] = .words(before + words)
    } else {
      append(.words(words))
    }
  }

  fileprivate mutating func append(_ parts: [Remedy.Part]) {
    for part in parts {
      switch part {
      case .words(let words): append(words: words)
      case .step: append(part)
      }
    }
  }
}

/// A sentence about what was found or done; what can be done about it is a value, as in a remedy.
public typealias Note = Remedy

extension Remedy: ExpressibleByStringInterpolation {
  /// A sentence under construction.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var parts: [Part] = []

    /// Begins an empty sentence.
    public init(literalCapacity: Int, interpolationCount: Int) {}

    /// Appends words.
    public mutating func appendLiteral(_ words: String) { parts.append(words: words) }

    /// Appends a step.
    public mutating func appendInterpolation(_ step: Step) { parts.append(.step(step)) }

    /// Appends a sentence with its steps.
    public mutating func appendInterpolation(_ remedy: Remedy) { parts.append(remedy.parts) }

    /// Appends the text of a value.
    public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      parts.append(words: value.description)
    }
  }

  /// Advice without a step.
  public init(stringLiteral words: String) { self.init(words) }

  /// The sentence that was put together.
  public init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }
}

extension Remedy {
  /// Something that can be done, looked at, or done otherwise.
  public enum Step: Sendable, Equatable {
    /// Make a layout at the path.
    case initialise(layout: String)
    /// Recover a layout; nil is the one that the failure is about.
    case recover(layout: String? = nil, Recovery = .standard)
    /// Make an image without layers.
    case createImage
    /// Remove a tag.
    case removeTag(String)
    /// Take an operation back; forced, also what was set since.
    case undo(operation: String, isForced: Bool = false)
    /// Take an undo back.
    case redo
    /// Look what going back to the state before the newest operation would change.
    case previewRestore
    /// Delete the trash.
    case expireTrash
    /// Unpack an image into a bundle.
    case unpack
    /// Put files into an image as a layer.
    case insert
    /// Run a tool on a private view of the layout.
    case execute
    /// Replace the environment in an image's config.
    case setEnvironment
    /// Set the operating system of an image.
    case setOperatingSystem
    /// Set the user in an image's config.
    case setUser
    /// List the tags.
    case listTags
    /// List the digests of all images.
    case listDigests
    /// List the operations, all or those that moved a tag.
    case listOperations(tag: String? = nil)
    /// List the leases of bundles.
    case listLeases
    /// End the lease, or give up the refresh, that an operation began.
    case dropLease(String)
    /// List the settings.
    case listSettings
    /// Check the layout.
    case verify
    /// Look at the state of layout and history.
    case status
    /// Look at what the image is.
    case inspectImage
    /// Look at the document that the image is.
    case showDocument
    /// Name the layout that is meant.
    case nameLayout
    /// Name a platform.
    case platform(String)
    /// Take the index of all platforms.
    case wholeIndex
    /// Wait longer for the writer lock.
    case lockTimeout
    /// Do it whatever has happened since.
    case force
    /// Leave out what differs between files.
    case files
    /// Allow more of what is taken for a bomb.
    case raiseLimit(ExtractionLimit)
    /// Map a user, or a group.
    case mapOwner(isUser: Bool)
    /// Work without privileges.
    case rootless
    /// The level of compression.
    case compressionLevel
  }

  /// How far a recovery goes.
  public enum Recovery: Sendable, Equatable {
    /// As every writer does.
    case standard
    /// Takes what another tool made of index.json.
    case adopting
    /// Goes on from index.json as it is.
    case acceptingIndex
    /// Goes on where another machine wrote last.
    case takingOver
  }

  /// What an extraction has a limit for.
  public enum ExtractionLimit: String, Sendable {
    /// The bytes of a layer.
    case layerSize
    /// Plain bytes for each compressed one.
    case ratio
    /// The number of entries.
    case entries
    /// The bytes of a path.
    case pathLength
    /// The depth of a path.
    case pathDepth
    /// The bytes of extended attributes.
    case attributeSize
    /// The bytes of a header.
    case headerSize
  }
}

extension Remedy.Step {
  /// The name of the step, without what it is about.
  public var name: String {
    let text = "\(self)"
    return String(text.prefix { $0 != "(" })
  }
}
