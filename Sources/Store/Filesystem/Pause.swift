internal import Glibc

/// Short waits for somebody else to finish what he is doing.
package enum Pause {
  /// Sleeps for a number of milliseconds.
  package static func milliseconds(_ count: UInt32) { usleep(count * 1000) }
}
