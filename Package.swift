// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "umoci-tx",
  products: [
    .executable(name: "umoci-tx", targets: ["umoci-tx"]),
    .library(name: "OCITransactions", targets: ["Mutations", "Journal", "Layers", "Store"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // C libraries of the system: a module map and a shim header each, nothing else.
    .target(name: "CLinux"),
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

    // The house, right to left: each target imports only what stands below it here.
    .target(name: "Store", dependencies: ["CLinux", "CCrypto"], swiftSettings: strict),
    .target(
      name: "Layers",
      dependencies: ["Store", "CLinux", "CCrypto", "CZlib", "CDeflate", "CZstd"],
      swiftSettings: strict),
    .target(name: "Journal", dependencies: ["Store", "CSQLite"], swiftSettings: strict),
    .target(
      name: "Mutations", dependencies: ["Journal", "Layers", "Store"], swiftSettings: strict),
    .executableTarget(
      name: "umoci-tx",
      dependencies: ["Mutations", "Journal", "Layers", "Store", "CLinux", argumentParser],
      swiftSettings: strict),

    // What the tests stand on: fixtures, the system-call tracer, the power-loss model.
    .executableTarget(name: "syscall-trace", path: "Tests/Tools/syscall-trace"),
    .executableTarget(name: "trace-fixture", path: "Tests/Tools/trace-fixture"),
    .target(
      name: "TestSupport", dependencies: ["Journal", "Store", "CLinux"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(
      name: "StoreTests", dependencies: ["Store", "CLinux", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "LayersTests",
      dependencies: ["Layers", "Store", "CLinux", "CZlib", "CZstd", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "JournalTests", dependencies: ["Journal", "Store", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "MutationsTests",
      dependencies: ["Mutations", "Journal", "Layers", "Store", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "umoci-tx", "Mutations", "Journal", "Layers", "Store", "TestSupport", argumentParser,
      ],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "CrashTests",
      dependencies: [
        "umoci-tx", "syscall-trace", "trace-fixture", "Journal", "TestSupport", "Store",
      ],
      exclude: ["Yesterday"], swiftSettings: strict),
    .testTarget(
      name: "InteropTests", dependencies: ["umoci-tx", "TestSupport", "Journal", "Store"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
