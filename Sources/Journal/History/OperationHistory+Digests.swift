public import Store

/// Finding content by the beginning of its digest.
extension OperationHistory {
  /// The entries that operations have set or taken away and whose digest begins so, of each digest the
  /// newest one.
  ///
  /// Looks through the whole history; what such an entry leads to may be gone.
  public func entries(_ prefix: DigestPrefix) throws(JournalError) -> [Descriptor] {
    var seen: Set<Digest> = []
    var entries: [Descriptor] = []
    for algorithm in prefix.algorithms {
      let text = "\"\(algorithm):\(prefix.encoded)"
      for bytes in try database.sidesOfEdits(mentioning: Array(text.utf8)) {
        for descriptor in try JournalDatabase.descriptors(bytes, "an edit")
        where prefix.matches(descriptor.digest) && seen.insert(descriptor.digest).inserted {
          entries.append(descriptor)
        }
      }
    }
    return entries
  }

  /// The digests that begin so and whose content the history keeps, as a copy or as a file.
  public func keptDigests(_ prefix: DigestPrefix) throws(JournalError) -> Set<Digest> {
    var digests: Set<Digest> = []
    for algorithm in prefix.algorithms {
      digests.formUnion(try database.documentDigests(from: "\(algorithm):\(prefix.encoded)"))
    }
    do throws(SyscallError) {
      return digests.union(try prefix.digests(below: control.keep))
    } catch {
      throw .system(error)
    }
  }
}
