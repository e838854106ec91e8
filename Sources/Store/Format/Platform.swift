/// What an image runs on (image-spec v1.1.1, image index §platform), in Go's names.
public struct Platform: Sendable, Hashable, CustomStringConvertible {
  /// A text that is no platform.
  public struct Malformed: Error, Sendable, Equatable, CustomStringConvertible {
    /// The text.
    public let text: String

    /// A sentence that says what is wrong.
    public var description: String {
      "\"\(excerpt(of: text))\" is not a platform such as linux/amd64 or linux/arm/v7"
    }
  }

  /// The operating system, such as `linux`.
  public var os: String
  /// The processor, such as `amd64`.
  public var architecture: String
  /// The variant of the processor, such as `v8`.
  public var variant: String?
  /// The version of the operating system.
  public var osVersion: String?
  /// What the operating system must have.
  public var osFeatures: [String]

  /// A platform of these parts.
  public init(
    os: String, architecture: String, variant: String? = nil, osVersion: String? = nil,
    osFeatures: [String] = []
  ) {
    self.os = os
    self.architecture = architecture
    self.variant = variant
    self.osVersion = osVersion
    self.osFeatures = osFeatures
  }

  /// The platform spelt `os/architecture[/variant]`, of letters, digits, `.`, `_` and `-`.
  public init(parsing text: String) throws(Malformed) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 || parts.count == 3, parts.allSatisfy(Self.isWord) else {
      throw Malformed(text: text)
    }
    self.init(os: parts[0], architecture: parts[1], variant: parts.count == 3 ? parts[2] : nil)
  }

  private static func isWord(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  init(json: JSONObject) throws(DocumentError) {
    self.init(
      os: try json.string("os") ?? "", architecture: try json.string("architecture") ?? "",
      variant: try json.string("variant"), osVersion: try json.string("os.version"),
      osFeatures: try json.strings("os.features") ?? [])
  }

  /// The platform that this program was built for.
  public static var host: Platform {
    #if arch(x86_64)
      Platform(os: "linux", architecture: "amd64")
    #elseif arch(arm64)
      Platform(os: "linux", architecture: "arm64", variant: "v8")
    #elseif arch(arm)
      Platform(os: "linux", architecture: "arm", variant: "v7")
    #elseif arch(i386)
      Platform(os: "linux", architecture: "386")
    #elseif arch(powerpc64le)
      Platform(os: "linux", architecture: "ppc64le")
    #elseif arch(s390x)
      Platform(os: "linux", architecture: "s390x")
    #elseif arch(riscv64)
      Platform(os: "linux", architecture: "riscv64")
    #else
      #error("name this processor as Go does")
    #endif
  }

  /// `os/architecture[/variant]`.
  public var description: String {
    guard let variant, !variant.isEmpty else { return "\(os)/\(architecture)" }
    return "\(os)/\(architecture)/\(variant)"
  }

  /// Whether an image for this platform is what `wanted` asks for.
  ///
  /// System and processor must be equal, and the variant, the version and each feature too if `wanted`
  /// names them. The variants `v8` of arm64 and `v1` of amd64 are what no variant means.
  public func matches(_ wanted: Platform) -> Bool {
    guard os == wanted.os, architecture == wanted.architecture else { return false }
    if let variant = wanted.variant, !variant.isEmpty, wanted.baseVariant != baseVariant {
      return false
    }
    if let version = wanted.osVersion, !version.isEmpty, version != osVersion { return false }
    return wanted.osFeatures.allSatisfy(osFeatures.contains)
  }

  /// Whether an image for this platform is for nothing more special than what `wanted` asks for.
  package func isExactly(_ wanted: Platform) -> Bool {
    matches(wanted) && baseVariant == wanted.baseVariant
      && osVersion ?? "" == wanted.osVersion ?? ""
      && osFeatures.allSatisfy(wanted.osFeatures.contains)
  }

  private var baseVariant: String {
    switch (architecture, variant ?? "") {
    case ("arm64", "v8"), ("amd64", "v1"): ""
    case (_, let variant): variant
    }
  }

  /// The platform as a JSON object.
  public var json: JSONObject {
    var object: JSONObject = [
      "architecture": JSONValue(architecture), "os": JSONValue(os),
    ]
    if let osVersion, !osVersion.isEmpty { object["os.version"] = JSONValue(osVersion) }
    if !osFeatures.isEmpty { object["os.features"] = JSONValue(osFeatures.map { JSONValue($0) }) }
    if let variant, !variant.isEmpty { object["variant"] = JSONValue(variant) }
    return object
  }
}
