public import Store

extension ContentFinder {
  /// Looks at a layout, and at what its history keeps if it has one.
  public init(_ layout: ImageLayout, history: OperationHistory?) {
    self.init(layout, history?.control, history?.database)
  }

  /// Looks at a layout; nil when it has no journal.
  ///
  /// A history that cannot be read keeps files all the same.
  package init?(of layout: ImageLayout) {
    guard let control = try? ControlFolder.find(in: layout) else { return nil }
    self.init(layout, control, ((try? OperationHistory.open(layout)) ?? nil)?.database)
  }
}
