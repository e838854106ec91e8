internal import CLinux
internal import Glibc
internal import Synchronization

/// What a test wants to happen at the mutating system calls of this process.
///
/// The calls are counted from 1 in the order in which they are made. A plan is a comma-separated
/// list of `WHERE:WHAT`. WHERE is the number of a call (`17`), all from a number on (`17+`), or a
/// point's name (`publish.exchange`, every time it is reached). WHAT is `before` or `after` (die by
/// SIGKILL there), `torn` (do half of a write, then die), `short` (a write writes only half and
/// says so), or the name of an error number (`ENOSPC`), which the call then fails with, undone.
///
/// Release builds have no plans: ``install(plan:log:markers:)`` does nothing there.
public enum FailPlan {
  /// Installs a plan for this process.
  ///
  /// - Parameters:
  ///   - plan: The plan, in the grammar above.
  ///   - log: A file that gets one line for each call, `number name path`.
  ///   - markers: Whether each call is bracketed by marks that a system-call tracer can see.
  /// - Returns: False when the plan cannot be read; nothing is installed then.
  public static func install(plan: String?, log: String?, markers: Bool) -> Bool {
    #if DEBUG
      var faults: [Fault] = []
      for word in (plan ?? "").split(separator: ",") {
        guard let fault = Fault(parsing: word) else { return false }
        faults.append(fault)
      }
      let descriptor = log.map { clinux_open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644) }
      state.withLock {
        $0 = State(faults: faults, log: descriptor ?? -1, markers: markers, isIdle: false)
      }
    #endif
    return true
  }
}

#if DEBUG
  extension FailPlan {
    /// Has something called before each call is made, with the name of its point: what another program does
    /// at that very moment.
    ///
    /// Only of a plan that is installed, and until the next one is.
    package static func observe(_ body: @escaping @Sendable (String) -> Void) {
      state.withLock { $0.observer = body }
    }

    struct State: Sendable {
      var faults: [Fault] = []
      var log: Int32 = -1
      var markers = false
      var isIdle = true
      var count = 0
      var observer: (@Sendable (String) -> Void)?
    }

    static let state = Mutex(State())

    /// Counts a call and says what is to happen to it.
    static func arrive(at point: FailPoint, on path: () -> String) -> Outcome {
      let (state, fault) = state.withLock { state in
        guard !state.isIdle else { return (state, Fault?.none) }
        state.count += 1
        let number = state.count
        return (state, state.faults.first { $0.matches(point, number: number) })
      }
      let (number, log, markers) = (state.count, state.log, state.markers)
      state.observer?(point.name)
      if log >= 0 { write("\(number) \(point.name) \(path())\n", to: log) }
      if markers { mark(point, "before") }
      return Outcome(action: fault?.action, marks: markers)
    }

    static func mark(_ point: FailPoint, _ phase: String) {
      let text = "fp:\(point.name):\(phase)"
      text.withCString { clinux_trace_marker($0, strlen($0)) }
    }

    private static func write(_ line: String, to descriptor: Int32) {
      var line = line
      line.withUTF8 { _ = Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
  }

  extension FailPlan {
    /// What happens at a call.
    enum Action: Equatable, Sendable {
      case dieBefore
      case dieAfter
      case dieTorn
      case short
      case fail(Int32)

      init?(parsing text: Substring) {
        switch text {
        case "before": self = .dieBefore
        case "after": self = .dieAfter
        case "torn": self = .dieTorn
        case "short": self = .short
        default:
          guard let code = Self.codes[String(text)] else { return nil }
          self = .fail(code)
        }
      }

      static let codes: [String: Int32] = [
        "ENOSPC": ENOSPC, "EIO": EIO, "EDQUOT": EDQUOT, "EROFS": EROFS, "EMFILE": EMFILE,
        "EACCES": EACCES, "EPERM": EPERM, "EINVAL": EINVAL, "EXDEV": EXDEV, "ENOLCK": ENOLCK,
        "EMLINK": EMLINK, "EOPNOTSUPP": EOPNOTSUPP, "ENOSYS": ENOSYS,
      ]
    }

    /// One entry of a plan.
    struct Fault: Sendable {
      enum Place: Equatable, Sendable {
        case number(Int)
        case from(Int)
        case name(String)
      }

      let place: Place
      let action: Action

      init?(parsing word: Substring) {
        guard let colon = word.lastIndex(of: ":"),
          let action = Action(parsing: word[word.index(after: colon)...])
        else { return nil }
        let place = word[..<colon]
        if let number = Int(place) {
          self.place = .number(number)
        } else if place.last == "+", let number = Int(place.dropLast()) {
          self.place = .from(number)
        } else {
          self.place = .name(String(place))
        }
        self.action = action
      }

      func matches(_ point: FailPoint, number: Int) -> Bool {
        switch place {
        case .number(let wanted): wanted == number
        case .from(let first): number >= first
        case .name(let name): name == point.name
        }
      }
    }

    /// What was decided about one call.
    struct Outcome {
      let action: Action?
      let marks: Bool

      /// Dies, or returns the error number to fail with, or nil when the call is to be made.
      func prepare(at point: FailPoint, half: () -> Int) -> Int32? {
        switch action {
        case .dieBefore: clinux_die()
        case .dieTorn:
          _ = half()
          clinux_die()
        case .fail(let code):
          // An error that is simulated closes its bracket like a real one.
          if marks { FailPlan.mark(point, "after") }
          return code
        case .short, .dieAfter, nil: return nil
        }
      }

      func finish(at point: FailPoint) {
        if marks { FailPlan.mark(point, "after") }
        if action == .dieAfter { clinux_die() }
      }
    }
  }
#endif
