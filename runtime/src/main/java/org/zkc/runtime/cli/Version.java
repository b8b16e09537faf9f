package org.zkc.runtime.cli;

import org.zkc.runtime.artifact.ZkcVersion;
import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest, and the commit that the launcher names. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {ZkcVersion.text()};
  }
}
