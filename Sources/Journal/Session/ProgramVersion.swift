/// The version of this program and library, which records tell.
public enum ProgramVersion {
  /// The number, as Semantic Versioning has it.
  public static let number = "0.1.0"
}
