package org.zkc.gkr.encoding;

import org.zkc.gkr.failure.VerificationFailure;

/** The version number in the header of a file. */
public final class FormatVersion {
  private FormatVersion() {}

  /**
   * Fails for a file of another version, with the two versions and what to do.
   *
   * @param what the kind of file
   * @param reads the version of this zkc
   * @param found the version in the file, an unsigned number
   * @param again how such a file is made
   * @throws VerificationFailure unless the versions are equal
   */
  public static void require(String what, int reads, int found, String again) {
    if (found == reads) {
      return;
    }
    boolean isOlder = Integer.compareUnsigned(found, reads) < 0;
    throw new VerificationFailure(
        what,
        "format version %d, as this zkc reads".formatted(reads),
        "version %s, which %s zkc wrote: %s"
            .formatted(
                Integer.toUnsignedString(found),
                isOlder ? "an older" : "a newer",
                isOlder ? again : "take that one"));
  }
}
