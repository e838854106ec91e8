internal import ArgumentParser

/// What all commands that make a new image take about the way it is done.
struct ImageEditOptions: ParsableArguments {
  @OptionGroup(title: "History of the image") var history: HistoryFlags
  @OptionGroup var expect: ExpectOption
  @OptionGroup var writing: WritingFlags
  @OptionGroup var output: OutputOptions
}
