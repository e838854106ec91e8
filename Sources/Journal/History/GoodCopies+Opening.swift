package import Store

extension GoodCopies {
  /// Looks at a layout; nil when it has no journal.
  package init?(of layout: ImageLayout) {
    guard let control = try? ControlFolder.find(in: layout) else { return nil }
    self.init(control, ((try? OperationHistory.open(layout)) ?? nil)?.database)
  }
}
