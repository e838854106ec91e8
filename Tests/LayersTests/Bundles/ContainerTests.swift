import Glibc
import Layers
import Store
import Testing

/// Bundles made here, run by the runtimes of the system.
@Suite(.serialized, .enabled(if: canRunAsRoot("busybox") && canRunAsRoot("script")))
struct ContainerTests {
  private func run(
    _ runtime: String, _ runtimeSection: String, mapping: OwnershipMapping = .identity
  ) throws -> ProgramOutcome {
    let folder = try TemporaryFolder()
    let path = folder("bundle")
    try RuntimeBundle.make(at: path) { bundle in
      _ = try bundle.makeRootfs()
      let rootfs = bundle.stagedRootfsPath
      try LayersTests.run(
        "sh", "-c",
        "cd \(rootfs) && mkdir bin proc sys dev etc tmp v "
          + "&& cp /bin/busybox bin/sh && ln -s sh bin/id && ln -s sh bin/env "
          + "&& echo 'app:x:7:8::/home/app:/bin/sh' > etc/passwd && echo 'more:x:9:app' > etc/group"
      )
      let text = #"{"os":"linux","architecture":"amd64","config":\#(runtimeSection)}"#
      let image = try ImageConfig(parsing: Array(text.utf8), named: "config")
      let user = try UserLookup(rootfs: rootfs).resolve(image.user ?? "")
      let config = try RuntimeConfig(
        RuntimeConfig.Inputs(
          image: image, user: user, rootfsPath: rootfs, mapping: mapping,
          resolver: .ofThisHost()))
      try bundle.write(config)
      if let root = mapping.userMappings.first?.hostID, !mapping.isRootless {
        try LayersTests.run("chown", "-hR", "\(root):\(root)", rootfs)
      }
      return try BundleMetadata(
        descriptorWalk: [
          Descriptor(mediaType: .imageManifest, digest: .sha256(of: []), size: 0)
        ], mapping: mapping)
    }
    if !mapping.userMappings.isEmpty {
      // The container's root is not the owner of these.
      try LayersTests.run("chmod", "0755", folder.path, path)
    }
    let container = "umoci-tx-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    // crun refuses hosts with both versions of cgroups: it gets a view with one.
    let command =
      "umount /sys/fs/cgroup/unified 2>/dev/null; "
      + "exec \(runtime) run -b \(path) \(container)"
    return try runProgram([
      "script", "-qec", "unshare --mount sh -c '\(command)'", "/dev/null",
    ])
  }

  @Test(arguments: ["runc", "crun"].filter(canRunAsRoot))
  func `a runtime runs the bundle as it is`(runtime: String) throws {
    let outcome = try run(
      runtime,
      #"{"User":"app","Env":["A=b c"],"WorkingDir":"/tmp","Volumes":{"/v":{}},"#
        + #""Entrypoint":["/bin/sh","-c"],"Cmd":["id; env; pwd; grep ' /v ' /proc/mounts; exit 3"]}"#
    )
    #expect(outcome.status == 3, "\(outcome.output)")
    for text in [
      "uid=7(app) gid=8 groups=9(more)", "A=b c", "HOME=/home/app", "PWD=/tmp", "none /v tmpfs",
    ] {
      #expect(outcome.output.contains(text), "\(outcome.output)")
    }
  }

  @Test(arguments: ["runc", "crun"].filter(canRunAsRoot))
  func `a runtime runs a bundle with mapped ids`(runtime: String) throws {
    let mapping = OwnershipMapping(
      userMappings: [IDMapping(containerID: 0, hostID: 100_000, size: 65536)],
      groupMappings: [IDMapping(containerID: 0, hostID: 100_000, size: 65536)])
    let outcome = try run(
      runtime, #"{"Cmd":["sh","-c","id; cat /proc/self/uid_map"]}"#, mapping: mapping)
    #expect(outcome.output.contains("uid=0 gid=0"), "\(outcome.output)")
    #expect(outcome.output.contains("100000"), "\(outcome.output)")
  }
}
