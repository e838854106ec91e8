internal import CLinux

/// Finds out whether a folder can be looked at, without ever waiting long for it: a mount whose server does not
/// answer holds whoever touches it, in a way that perhaps not even SIGKILL ends.
package enum PathProbe {
  /// How long a folder may take, in milliseconds: a disk that sleeps takes seconds.
  package static let patience: Int32 = 5000

  /// Whether a folder, and a regular file in it where there is one, can be opened and read, or refuse to.
  ///
  /// A child process asks, which is left behind when it does not come back. The answer may be old when it arrives.
  ///
  /// - Parameters:
  ///   - folder: The folder's path.
  ///   - name: The file's name.
  package static func answers(_ folder: String, reading name: String) -> Bool {
    folder.withPath { path in
      name.withPath { clinux_answers(path, $0, patience) == 1 }
    }
  }
}
