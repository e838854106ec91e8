import Store
import Testing

@Suite struct ByteCountTests {
  @Test func `a sum that no number holds stays at the largest one`() {
    #expect(ByteCount(.max) + 1 == ByteCount(.max))
    #expect(ByteCount(sum: [.max, .max, 3]) == ByteCount(.max))
    var total: ByteCount = 5
    total += .max
    #expect(total.value == .max)
  }

  @Test func `nothing is less than nothing`() {
    #expect(ByteCount(-1) == 0)
    #expect(ByteCount(.min) == 0)
    #expect(ByteCount(sum: [-7, 4]) == 4)
    #expect((4 as ByteCount) - 5 == 0)
    #expect((5 as ByteCount) - 4 == 1)
  }

  @Test func `it is written as its number`() { #expect("\(ByteCount(1200))" == "1200") }
}
