import Store
import Testing

@testable import Layers

@Suite struct MtreeComparisonTests {
  private func differences(
    _ old: String, _ new: String, _ keywords: [MtreeKeyword] = MtreeKeyword.allCases
  ) throws -> [String] {
    try MtreeDifference.between(
      MtreeFile(parsing: Array(old.utf8)), and: MtreeFile(parsing: Array(new.utf8)),
      keywords: keywords
    ).map(\.description)
  }

  @Test(
    arguments: [
      ("a mode=0644", "a mode=0644", []),
      ("/set uid=0\na mode=01", "a mode=01 uid=0", []),
      ("a mode=0644", "a mode=644", [#""a": keyword "mode": expected 0644; got 644"#]),
      ("a uid=1", "a", [#""a": keyword "uid": expected 1; got "#]),
      ("a", "a gid=1", [#""a": keyword "gid": expected ; got 1"#]),
      ("a", "b", [#""a": missing path"#, #""b": unexpected path"#]),
      ("d type=dir\nx\n..", "d/x", [#""d": missing path"#]),
      ("b\na uid=1\n", "a uid=1 uid=2\nb", [#""a": keyword "uid": expected 1; got 2"#]),
      ("a tar_time=5.000000000", "a time=5.7", []),
      ("a time=5.7", "a tar_time=5.000000000 time=9.1", []),
      (
        "a time=5.7", "a tar_time=6.000000000",
        [#""a": keyword "tar_time": expected 5.000000000; got 6.000000000"#]
      ),
      ("a time=5.7", "a time=5.8", [#""a": keyword "time": expected 5.7; got 5.8"#]),
      ("a x=1 =2 3", "a x=2 =3 4", []),
      (
        "a xattr.user.b=YQ==", "a xattr.user.b=Yg==",
        [#""a": keyword "xattr.user.b": expected YQ==; got Yg=="#]
      ),
      (
        "\\012\\042\\303\\251\\377\\302\\205", ".",
        [
          #""\n\"é\xff\u0085": missing path"#, #"".": unexpected path"#,
        ]
      ),
    ] as [(String, String, [String])])
  func `two mtree files differ as their values do`(
    old: String, new: String, expected: [String]
  ) throws {
    #expect(try differences(old, new).sorted() == expected.sorted())
  }

  @Test func `missing paths without number are one error, and the uppermost are few`() throws {
    let chain = String(repeating: "a type=dir\n", count: 50_000)
    let mtree = try MtreeFile(parsing: Array(". type=dir\n\(chain)..\nb/c type=file\n".utf8))
    let comparison = MtreeComparison(with: mtree, keywords: MtreeKeyword.bundle)
    let uppermost = comparison.uppermostUnmetNodes.map {
      String(decoding: mtree.path(of: $0), as: UTF8.self)
    }
    #expect(uppermost == ["."])
    #expect(throws: MtreeError.tooManyDifferences(limit: 1 << 30)) { try comparison.finish() }
  }

  @Test func `only the keywords asked for count`() throws {
    #expect(try differences("a uid=1 mode=01", "a uid=2 mode=02", [.gid]) == [])
    #expect(try differences("a time=1.0", "a time=2.0", [.tarTime]).count == 1)
  }

  @Test func `the keywords to compare come from options and from the mtree file`() throws {
    let mtree = try MtreeFile(parsing: Array("/set uid=1\na xattr.user.x=a md5digest=0".utf8))
    #expect(
      try MtreeKeyword.forComparison(using: nil, adding: [.size, .uid], to: mtree)
        == [.type, .uid, .xattr, .md5, .size])
    #expect(
      try MtreeKeyword.forComparison(using: [.size, .type], adding: [], to: mtree)
        == [.size, .type])
    #expect(
      try MtreeKeyword.list(parsing: "sha1, md5,xattrs  tar_time,sha1digest")
        == [.sha1, .md5, .xattr, .tarTime])
    #expect(throws: MtreeError.unknownKeyword("sha512256")) {
      try MtreeKeyword.list(parsing: "uid,sha512256")
    }
    let odd = try MtreeFile(parsing: Array("a colour=red".utf8))
    #expect(throws: MtreeError.unknownKeyword("colour")) {
      try MtreeKeyword.forComparison(using: nil, adding: [], to: odd)
    }
  }

  @Test func `a digest that the mtree file lacks is a difference of every file`() throws {
    let folder = try TemporaryFolder()
    try folder.write("abc", to: "f")
    let mtree = try MtreeFile(parsing: Array(". type=dir\nf type=file\n".utf8))
    let found = try mtree.differences(fromRootfs: folder.path, keywords: [.type, .sha1])
    #expect(
      found.map(\.description) == [
        "\"f\": keyword \"sha1digest\": expected ; got a9993e364706816aba3e25717850c26c9cd0d89d"
      ])
    let all = try mtree.differences(fromRootfs: folder.path, keywords: MtreeKeyword.allCases)
    #expect(all.count == 2)
  }
}
