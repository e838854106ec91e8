public import Store

/// One range of ids and what it stands for on the host, as in user_namespaces(7).
///
/// The ids `containerID ..< containerID + size` of the image are the ids
/// `hostID ..< hostID + size` on disk.
public struct IDMapping: Equatable, Hashable, Sendable {
  /// The first id of the range in the container, which is what layers and images name.
  public let containerID: UInt32
  /// The first id of the range on the host.
  public let hostID: UInt32
  /// The number of ids in the range.
  public let size: UInt32

  /// Makes a mapping from its parts.
  ///
  /// The range may run past the last id there is; the ids beyond map to nothing.
  public init(containerID: UInt32, hostID: UInt32, size: UInt32 = 1) {
    self.containerID = containerID
    self.hostID = hostID
    self.size = size
  }

  /// Reads `CONTAINER:HOST[:SIZE]`, three unsigned decimal numbers of 32 bits; the size is 1 when
  /// it is left out.
  ///
  /// - Throws: ``IDMappingError/malformed(_:)`` for anything else, also for a range of no ids and
  ///   for one that runs past the largest id.
  public init(parsing text: String) throws(IDMappingError) {
    let fields = text.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = fields.compactMap(Self.number)
    guard fields.count == 2 || fields.count == 3, numbers.count == fields.count else {
      throw .malformed(text)
    }
    let size = numbers.count == 3 ? numbers[2] : 1
    let start = UInt64(max(numbers[0], numbers[1]))
    guard size > 0, start + UInt64(size) <= 1 << 32 else { throw .malformed(text) }
    self.init(containerID: numbers[0], hostID: numbers[1], size: size)
  }

  /// Decimal digits only: no sign, as `UInt32(_:)` would allow.
  private static func number(_ text: Substring) -> UInt32? {
    text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ? UInt32(text) : nil
  }

  /// What a container's id is on the host; nil when it lies outside the range.
  public func hostID(of id: UInt32) -> UInt32? { Self.shift(id, containerID, hostID, size) }

  /// What a host's id is in the container; nil when it lies outside the range.
  public func containerID(of id: UInt32) -> UInt32? { Self.shift(id, hostID, containerID, size) }

  private static func shift(
    _ id: UInt32, _ from: UInt32, _ to: UInt32, _ size: UInt32
  ) -> UInt32? {
    guard id >= from, id - from < size else { return nil }
    let (shifted, isTooBig) = to.addingReportingOverflow(id - from)
    return isTooBig ? nil : shifted
  }
}

/// An id or a mapping of ids that cannot be used.
public enum IDMappingError: Error, Equatable, Sendable {
  /// A mapping is not `CONTAINER:HOST[:SIZE]`.
  case malformed(String)
  /// An id lies in none of the ranges; `isUser` tells a user's id from a group's.
  case unmapped(id: Int64, isUser: Bool)
  /// An id is negative, or not below 2³² − 1, which chown(2) takes for "leave it".
  case outOfRange(id: Int64, isUser: Bool)
}

extension IDMappingError: DiagnosableError {
  /// A mapping is part of the command line; an id comes from an image or a file.
  public var category: FailureCategory {
    if case .malformed = self { .usage } else { .invalidContent }
  }

  /// There is no deeper cause.
  public var causes: [String] { [] }

  /// The failure in one line, without advice.
  public var description: String {
    switch self {
    case .malformed(let text): "'\(text)' is not an id mapping"
    case .unmapped(let id, let isUser):
      "\(isUser ? "user" : "group") id \(id) is in none of the mapped ranges"
    case .outOfRange(let id, let isUser):
      "\(isUser ? "user" : "group") id \(id) is not an id that a file can have"
    }
  }

  /// What the user can do about it.
  public var remedy: Remedy? {
    switch self {
    case .malformed:
      "write CONTAINER:HOST[:SIZE] with numbers from 0 to 4294967295, for example 0:100000:65536"
    case .unmapped(_, let isUser):
      "map it with \(.mapOwner(isUser: isUser)), or use \(.rootless)"
    case .outOfRange: nil
    }
  }
}
