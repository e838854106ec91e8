internal import ArgumentParser

/// How a command answers.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON document; errors become one JSON object on standard error.")
  var json = false
}
