public import Store

/// A lease while its bundle is being unpacked: the process that holds it is known to be alive.
public struct LeaseHold: ~Copyable {
  private let journal: OperationJournal
  private let live: Announcement
  /// The lease.
  public let lease: Lease
  /// What the image needs and the layout does not have.
  public let missing: [Digest]

  init(
    _ journal: OperationJournal, _ live: consuming Announcement, _ lease: Lease, missing: [Digest]
  ) {
    self.journal = journal
    self.live = live
    self.lease = lease
    self.missing = missing
  }

  /// The bundle is complete: the lease lasts until the bundle is gone.
  public consuming func keep() {
    // A liveness lock that stays is found dead and removed by the next writing command.
    try? live.end()
  }

  /// There will be no bundle.
  ///
  /// Best effort: a lease without a bundle is ended by the next writing command.
  public consuming func release() {
    journal.remove(lease)
    try? live.end()
  }
}
