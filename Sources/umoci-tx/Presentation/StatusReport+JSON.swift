internal import Journal
internal import Store

extension StatusReport {
  /// The report as JSON.
  var json: JSONValue {
    var object: JSONObject = ["layout": JSONValue(path), "writable": .bool(isWritable)]
    object["operations"] = operations.map { JSONValue($0) }
    object["lost_history"] = lost.map(\.json)
    object["fallback_reason"] = fallbackReason.map { JSONValue($0) }
    object["head"] = head?.json
    object["clock_ahead"] = ahead.map {
      ["operation": JSONValue($0.sequence), "time": JSONValue($0.time.description)]
    }
    object["last_writer"] = writer.map(\.json)
    let rest: JSONObject = [
      "index": driftJSON, "running": JSONValue(running.map(\.json)),
      "interrupted": JSONValue(interrupted.map(\.json)),
      "conflicts": JSONValue(conflicts.map(\.json)), "held": held.json,
      "trash": JSONValue(trash.map(\.json)),
      "bundles": JSONValue(leases.map(\.json)),
      "file_system": [
        "name": JSONValue(fileSystem), "warnings": JSONValue(warnings.map { JSONValue($0) }),
        "may_be_shared": .bool(mayBeShared),
      ],
      "many_hosts_may_write": .bool(false),
    ]
    object.members += rest.members
    return .object(object)
  }

  private var driftJSON: JSONValue {
    switch drift {
    case .none: ["state": "in-step"]
    case .noHistory: ["state": "no-history"]
    case .foreign(let merge):
      [
        "state": "foreign", "edits": JSONValue(merge.net.map(EditText.json)),
        "put_back": JSONValue(merge.reapplied.map(EditText.json)),
        "conflicts": JSONValue(
          merge.conflicts.map { EditText.json(TagEdit(key: $0.key, before: [], after: $0.theirs)) }),
      ]
    case .torn(let reason): ["state": "torn", "reason": JSONValue(reason)]
    case .ahead(let stamp): ["state": "ahead", "stamp": JSONValue(stamp)]
    }
  }
}

extension StatusReport.LiveOperation {
  fileprivate var json: JSONValue {
    var object: JSONObject = ["id": JSONValue(id.text)]
    object["kind"] = kind.map { JSONValue($0.rawValue) }
    object["author"] = author.map { JSONValue($0) }
    object["started"] = started.map { JSONValue($0.description) }
    return .object(object)
  }
}

extension StatusReport.Conflict {
  fileprivate var json: JSONValue {
    let edit = EditText.json(TagEdit(key: key, before: [], after: theirs)).objectValue ?? [:]
    var object: JSONObject = ["operation": JSONValue(operation)]
    object["ref"] = edit["ref"]
    object["unnamed"] = edit["unnamed"]
    object["theirs"] = edit["after"]
    return .object(object)
  }
}

extension Lease {
  /// The lease as JSON.
  var json: JSONValue {
    [
      "id": JSONValue(id), "bundle": JSONValue(bundle),
      "manifest": JSONValue(manifest.digest.description),
      "created": JSONValue(created.description), "user": JSONValue(userName),
      "host": JSONValue(hostName),
    ]
  }
}

extension Withdrawal {
  fileprivate var json: JSONValue {
    var object: JSONObject = ["id": JSONValue(id.text)]
    object["operation"] = sequence.map { JSONValue($0) }
    object["kind"] = kind.map { JSONValue($0.rawValue) }
    let rest: JSONObject = [
      "time": JSONValue(time.description), "blobs": JSONValue(total.count),
      "bytes": JSONValue(total.bytes.value), "expires": JSONValue(expires.description),
    ]
    object.members += rest.members
    return .object(object)
  }
}

extension StatusReport.Held {
  fileprivate var json: JSONValue {
    [
      "blobs": JSONValue(blobs), "blob_bytes": JSONValue(blobBytes.value),
      "exclusive_bytes": JSONValue(exclusiveBytes.value), "documents": JSONValue(documents),
      "document_bytes": JSONValue(documentBytes.value),
    ]
  }
}

extension StatusReport.Writer {
  fileprivate var json: JSONValue {
    var object: JSONObject = ["host": JSONValue(host)]
    object["machine"] = machine.map { JSONValue($0) }
    object["is_this_machine"] = isHere.map { .bool($0) }
    return .object(object)
  }
}
