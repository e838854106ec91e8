import Store
import Testing

@testable import Layers

struct RingTests {
  /// A reader's sum of all bytes, and how many layers ended.
  private static func sum(_ ring: SlotRing, _ reader: SlotRing.Reader, layers: Int) -> Int? {
    var sum = 0
    for _ in 0..<layers {
      do {
        while case .bytes(let bytes) = try ring.next(reader) {
          for byte in bytes { sum += Int(byte) }
          ring.release(reader)
        }
      } catch {
        return nil
      }
      ring.release(reader)
    }
    return sum
  }

  @Test func `both readers see every byte, whoever is slower`() throws {
    let ring = SlotRing(slotCount: 3)
    let hashed = Monitor<Int?>(nil)
    let hasher = try WorkerThread {
      let sum = Self.sum(ring, .hasher, layers: 2)
      hashed.update { $0 = sum }
    }
    let filler = try WorkerThread {
      for layer in 0..<2 {
        for piece in 1...50 {
          guard let slot = try? ring.nextFree() else { return }
          slot[0] = UInt8(layer)
          slot[1] = UInt8(piece)
          ring.publish(2)
        }
        guard (try? ring.publishEndOfLayer()) != nil else { return }
      }
    }
    let extracted = Self.sum(ring, .extractor, layers: 2)
    filler.join()
    hasher.join()
    #expect(extracted == 50 + 2 * (50 * 51 / 2))
    #expect(hashed.read { $0 } == extracted)
  }

  @Test func `a failure wakes everybody, and the first one is kept`() throws {
    let ring = SlotRing(slotCount: 1)
    let waiting = try WorkerThread { _ = Self.sum(ring, .hasher, layers: 1) }
    let filler = try WorkerThread {
      while (try? ring.nextFree()) != nil { ring.publish(1) }
    }
    ring.fail(SyscallError(call: "read", path: "first", code: 5))
    ring.fail(SyscallError(call: "read", path: "second", code: 5))
    filler.join()
    waiting.join()
    #expect((ring.failure as? SyscallError)?.path == "first")
    ring.fail(SyscallError(call: "read", path: "cause", code: 5), replacing: true)
    #expect((ring.failure as? SyscallError)?.path == "cause")
  }

  @Test func `chunks come out in order, whoever is faster`() throws {
    let ring = ChunkRing(slots: 5, inputSize: 16, outputSize: 16)
    let compress: @Sendable () -> Void = {
      while let job = ring.take() {
        job.output.copyMemory(from: job.input)
        ring.complete(job, size: job.input.count)
      }
    }
    let first = try WorkerThread(compress)
    let second = try WorkerThread(compress)
    var written: [UInt8] = []
    func writeNext() throws {
      written.append(try #require(ring.waitForNext())[0])
      ring.releaseNext()
    }
    for number in 0..<200 {
      while ring.isFull { try writeNext() }
      ring.inputOfNext[0] = UInt8(number)
      ring.submit(1)
    }
    while !ring.isEmpty { try writeNext() }
    ring.stop()
    first.join()
    second.join()
    #expect(written == (0..<200).map { UInt8($0) })
  }
}
