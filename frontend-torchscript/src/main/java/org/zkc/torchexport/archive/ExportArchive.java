package org.zkc.torchexport.archive;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.UserException;
import org.zkc.torchscript.archive.ZipArchive;

/**
 * The records of an archive written by {@code torch.export.save} of torch 2.9 or later, by their
 * names below the root folder ({@code models/model.json}, {@code data/weights/weight_0}), as
 * PyTorch's PT2 archive specification lays them out.
 */
public final class ExportArchive {
  private static final String FORMAT = "/archive_format";
  private static final String OLD = "serialized_exported_program.json";
  private static final String AGAIN =
      "export it again with torch.export.save of torch 2.9 or later.";

  private final String displayName;
  private final ZipArchive zip;
  private final String root;

  private ExportArchive(String displayName, ZipArchive zip, String root) {
    this.displayName = displayName;
    this.zip = zip;
    this.root = root;
  }

  /** Whether a file is an archive of torch.export, of this layout or an older one. */
  public static boolean isExport(Path file) {
    MemorySegment bytes = ZipArchive.map(file);
    if (bytes.byteSize() < 2
        || bytes.get(ValueLayout.JAVA_BYTE, 0) != 'P'
        || bytes.get(ValueLayout.JAVA_BYTE, 1) != 'K') {
      return false;
    }
    return ZipArchive.of(String.valueOf(file.getFileName()), bytes).names().stream()
        .anyMatch(ExportArchive::marks);
  }

  private static boolean marks(String entry) {
    return entry.equals(OLD)
        || (entry.endsWith(FORMAT) && entry.indexOf('/') == entry.length() - FORMAT.length());
  }

  /**
   * Opens a file.
   *
   * @throws UserException when it is not an archive that zkc reads; the message says what it is
   */
  public static ExportArchive open(Path file) {
    return of(String.valueOf(file.getFileName()), ZipArchive.map(file));
  }

  /** Opens an archive in memory, as {@link #open} does a file. */
  public static ExportArchive of(String name, MemorySegment bytes) {
    ZipArchive zip = ZipArchive.of(name, bytes);
    if (zip.names().contains(OLD)) {
      throw new UserException(
          "The archive %s was written by torch.export.save of torch 2.7 or older, whose layout zkc does not read; %s"
              .formatted(name, AGAIN));
    }
    List<String> roots =
        zip.names().stream()
            .filter(ExportArchive::marks)
            .map(entry -> entry.substring(0, entry.length() - FORMAT.length() + 1))
            .toList();
    if (roots.size() != 1) {
      throw new UserException(
          "%s is a zip file with %s; %s"
              .formatted(
                  name,
                  roots.isEmpty() ? "no torch.export archive in it" : "several archives in it",
                  AGAIN));
    }
    ExportArchive archive = new ExportArchive(name, zip, roots.getFirst());
    archive.requireFormat();
    return archive;
  }

  private void requireFormat() {
    String format = text("archive_format").orElse("").strip();
    String version = text("archive_version").orElse("").strip();
    if (!format.equals("pt2") || !version.equals("0")) {
      throw new UserException(
          "The archive %s has the format '%s' of version '%s'; zkc reads pt2 of version 0: %s"
              .formatted(displayName, format, version, AGAIN));
    }
    // The weights of torch 2.8 are one file of torch.save for each model.
    if (zip.names().stream()
        .anyMatch(n -> n.startsWith(root + "data/weights/") && n.endsWith(".pt"))) {
      throw new UserException(
          "The archive %s was written by torch.export.save of torch 2.8, whose layout zkc does not read; %s"
              .formatted(displayName, AGAIN));
    }
    if (!text("byteorder").orElse("little").strip().equals("little")) {
      throw new UserException(
          "The archive %s was written on a big-endian machine; export it on a little-endian one."
              .formatted(displayName));
    }
  }

  /**
   * The program, in JSON.
   *
   * @throws UserException when there is none, or more than one
   */
  public MemorySegment program() {
    List<String> models =
        zip.names().stream()
            .filter(n -> n.startsWith(root + "models/") && n.endsWith(".json"))
            .toList();
    if (models.size() > 1) {
      throw new UserException(
          "The archive %s holds %d models; export one model per file."
              .formatted(displayName, models.size()));
    }
    if (models.isEmpty()) {
      boolean compiled =
          zip.names().stream().anyMatch(n -> n.startsWith(root + "data/aotinductor/"));
      throw new UserException(
          compiled
              ? "The archive %s holds what AOTInductor compiled, machine code and no program; save the exported program itself with torch.export.save."
                  .formatted(displayName)
              : "The archive %s holds no program; %s".formatted(displayName, AGAIN));
    }
    return zip.read(models.getFirst()).orElseThrow();
  }

  /** The content of a record below the root folder. */
  public Optional<MemorySegment> record(String name) {
    return zip.read(root + name);
  }

  /** A record as text. */
  public Optional<String> text(String name) {
    return record(name)
        .map(s -> new String(s.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8));
  }

  /** Names of all records, with the root folder. */
  public Set<String> names() {
    return zip.names();
  }

  public String displayName() {
    return displayName;
  }

  /** SHA-256 of the whole file, in lower-case hexadecimal. */
  public String digest() {
    return zip.digest();
  }
}
