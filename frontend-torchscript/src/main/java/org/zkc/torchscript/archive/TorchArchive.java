package org.zkc.torchscript.archive;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.zkc.ir.UserException;

/**
 * The records of an archive written by {@code torch.jit.save}, by their names below the root folder
 * ({@code data.pkl}, {@code code/__torch__.py}, {@code data/0}). The root folder is named after the
 * file at save time; renaming the file does not rename it, so it is discovered.
 */
public final class TorchArchive {

  /**
   * Archives below this version have other semantics of division and are years older than any
   * supported torch.
   */
  private static final int MIN_VERSION = 3;

  /** The version that torch 2.15 writes for operators changed last (gelu). */
  private static final int MAX_VERSION = 10;

  private final String displayName;
  private final ZipArchive zip;
  private final String root;

  private TorchArchive(String displayName, ZipArchive zip, String root) {
    this.displayName = displayName;
    this.zip = zip;
    this.root = root;
  }

  /**
   * Opens a file and checks that it is a TorchScript archive of a version that zkc reads.
   *
   * @throws UserException when it is not; the message says what the file is instead and how to
   *     export the model
   */
  public static TorchArchive open(Path path) {
    String name = String.valueOf(path.getFileName());
    if (!Files.exists(path)) {
      throw new UserException("There is no file " + name + "; check the path.");
    }
    if (Files.isDirectory(path)) {
      throw new UserException(name + " is a folder; give the file that torch.jit.save wrote.");
    }
    return of(name, ZipArchive.map(path));
  }

  /** Opens an archive in memory, as {@link #open} does a file. */
  public static TorchArchive of(String name, MemorySegment file) {
    ForeignFormat.refuseForeignBytes(name, file);
    ZipArchive zip = ZipArchive.of(name, file);
    ForeignFormat.refuseForeignArchive(name, zip.names());
    TorchArchive archive = new TorchArchive(name, zip, rootOf(name, zip));
    archive.requireVersion();
    archive.requireLittleEndian();
    return archive;
  }

  private static String rootOf(String name, ZipArchive zip) {
    String root = null;
    for (String entry : zip.names()) {
      if (entry.endsWith("/data.pkl")
          && entry.indexOf('/') == entry.length() - "/data.pkl".length()) {
        if (root != null) {
          throw new UserException(
              "The archive " + name + " holds two models; export one model per file.");
        }
        root = entry.substring(0, entry.length() - "data.pkl".length());
      }
    }
    if (root == null) {
      throw ForeignFormat.notTorchScript(name);
    }
    return root;
  }

  private void requireVersion() {
    String text = text("version").or(() -> text(".data/version")).orElse("").strip();
    int version;
    try {
      version = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new UserException(
          "The archive "
              + displayName
              + " has no version record; export the model again with torch.jit.save.");
    }
    if (version < MIN_VERSION || version > MAX_VERSION) {
      throw new UserException(
          "The archive %s has format version %d; zkc reads versions %d to %d. Export the model again with a %s torch."
              .formatted(
                  displayName,
                  version,
                  MIN_VERSION,
                  MAX_VERSION,
                  version < MIN_VERSION ? "newer" : "current"));
    }
  }

  private void requireLittleEndian() {
    String order = text("byteorder").orElse("little").strip();
    if (!order.equals("little")) {
      throw new UserException(
          "The archive "
              + displayName
              + " was written on a big-endian machine; export it on a little-endian one.");
    }
  }

  /** The file's own name, for messages. */
  public String displayName() {
    return displayName;
  }

  /** The content of a record below the root folder. */
  public Optional<MemorySegment> record(String name) {
    return zip.read(root + name);
  }

  public boolean has(String name) {
    return zip.names().contains(root + name);
  }

  /** A record as text; the code dialect is ASCII, everything else UTF-8. */
  public Optional<String> text(String name) {
    return record(name)
        .map(s -> new String(s.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8));
  }

  /** SHA-256 of the whole file, in lower-case hexadecimal. */
  public String digest() {
    return zip.digest();
  }
}
