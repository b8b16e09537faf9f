package org.zkc.runtime.cli;

import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest, and the commit that the launcher names. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    String build = System.getProperty("zkc.build", "");
    return new String[] {
      "zkc %s%s"
          .formatted(
              version == null ? "(unpackaged)" : version,
              build.isEmpty() ? "" : " (%s)".formatted(build))
    };
  }
}
