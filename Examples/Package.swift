// swift-tools-version: 6.2
import PackageDescription

// Programs that use the library; docs/library.md.
let package = Package(
  name: "Examples",
  dependencies: [.package(name: "umoci-tx", path: "..")],
  targets: [
    .executableTarget(
      name: "publish",
      dependencies: [.product(name: "OCITransactions", package: "umoci-tx")])
  ],
  swiftLanguageModes: [.v6]
)
