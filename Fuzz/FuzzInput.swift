import Glibc

/// What libFuzzer calls with each input: the first byte chooses what reads the rest.
///
/// A finding is a crash, a trap, or a memory error. Errors that are thrown are what a reader of
/// hostile input is expected to do.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let choice = bytes.first else { return 0 }
  readers[Int(choice) % readers.count](Array(bytes.dropFirst()))
  return 0
}

/// What reads; `scripts/fuzz` has a seed for each, by its place.
private let readers: [@Sendable ([UInt8]) -> Void] = [
  readTar, readMtree, readGzip, readZstd, readGzipStream,
  readIndex, readManifest, readConfig, readRecord, readBundleMetadata, readStatCache, readExpressions,
]
