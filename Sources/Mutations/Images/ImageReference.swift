public import Journal
public import Store

/// What an image is known by: a tag, now or at some point of its history, or its digest.
public enum ImageReference: Equatable, Sendable, CustomStringConvertible {
  /// A tag at a revision.
  case tag(TagReference)
  /// A digest, or the beginning of it: exactly the document of that digest.
  case digest(DigestPrefix)
  /// A text that is both: the tag, where there is one of that name.
  case tagOrDigest(TagReference, DigestPrefix)

  /// Why a text names no image.
  public enum Malformed: Error, Equatable, Sendable, CustomStringConvertible {
    /// It is no tag.
    case tag(TagReference.Malformed)
    /// It is no digest.
    case digest(DigestPrefix.Malformed)

    /// A sentence that says what is wrong.
    public var description: String {
      switch self {
      case .tag(let error): error.description
      case .digest(let error): error.description
      }
    }
  }

  /// Reads `TAG`, `TAG@{…}` or `@DIGEST`; times are seen from `now`.
  ///
  /// No tag begins with `@`, so that none is taken for a digest.
  public init(parsing text: String, now: Timestamp) throws(Malformed) {
    if text.hasPrefix("@"), !text.hasPrefix("@{") {
      do throws(DigestPrefix.Malformed) {
        self = .digest(try DigestPrefix(parsing: String(text.dropFirst())))
      } catch {
        throw .digest(error)
      }
      return
    }
    do throws(TagReference.Malformed) {
      self = .tag(try TagReference(parsing: text, now: now))
    } catch {
      throw .tag(error)
    }
  }

  /// Reads the same where a digest may also stand without its `@`.
  public init(parsingOperand text: String, now: Timestamp) throws(Malformed) {
    if text.hasPrefix("sha256:") || text.hasPrefix("sha512:") {
      self = try Self(parsing: "@" + text, now: now)
      return
    }
    self = try Self(parsing: text, now: now)
    guard case .tag(let tag) = self, let prefix = try? DigestPrefix(parsing: text) else { return }
    self = prefix.digest == nil ? .tagOrDigest(tag, prefix) : .digest(prefix)
  }

  /// What is meant where an index has these tags; never both.
  public func settled(in index: ImageIndex) -> ImageReference {
    guard case .tagOrDigest(let tag, let prefix) = self else { return self }
    return index.entries(named: tag.name.rawValue).isEmpty ? .digest(prefix) : .tag(tag)
  }

  /// The text: `TAG`, `TAG@{…}` or `@DIGEST`.
  public var description: String {
    switch self {
    case .tag(let tag), .tagOrDigest(let tag, _): "\(tag.name)\(tag.revision)"
    case .digest(let prefix): "@\(prefix)"
    }
  }
}
