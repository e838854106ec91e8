/// The names of an OCI image layout; image-spec v1.1.1, image-layout.md.
public enum LayoutPaths {
  /// The file that marks a folder as a layout.
  public static let marker = "oci-layout"
  /// The entry point to the references and manifests.
  public static let index = "index.json"
  /// The folder of content-addressed blobs.
  public static let blobs = "blobs"
  /// The folders in it, one for each algorithm that is known.
  package static let blobFolders = ["sha256", "sha512"].map { blobs + "/" + $0 }
  /// The file by which a history beside the layout shows, docs/on-disk-format.md.
  package static let historyFormat = ".ocitx/format"
  /// The only version of the layout there is.
  public static let version = "1.0.0"
  /// The content of a new marker file.
  public static let markerContent = Array("{\"imageLayoutVersion\":\"1.0.0\"}\n".utf8)
}
