package org.zkc.runtime.artifact;

/** The version of this zkc, as {@code --version} prints and model files record it. */
public final class ZkcVersion {
  private ZkcVersion() {}

  /** The version in the jar's manifest, and the commit where the launcher names it. */
  public static String text() {
    String version = ZkcVersion.class.getPackage().getImplementationVersion();
    String build = System.getProperty("zkc.build", "");
    return "zkc %s%s"
        .formatted(
            version == null ? "(unpackaged)" : version,
            build.isEmpty() ? "" : " (%s)".formatted(build));
  }
}
