package org.zkc.torchexport;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.zkc.torchscript.archive.ZipBytes;

/** The repository's sample archives of torch.export, which the module {@code tests} holds. */
final class SampleExports {
  private SampleExports() {}

  /** The path of {@code name.pt2}. */
  static Path path(String name) {
    return Path.of("..", "tests", "src", "test", "resources", "exports", name + ".pt2");
  }

  /** The records of a sample by their names with the root folder. */
  static Map<String, byte[]> records(String name) throws IOException {
    Map<String, byte[]> out = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(path(name).toFile())) {
      for (ZipEntry e : zip.stream().map(ZipEntry.class::cast).toList()) {
        out.put(e.getName(), zip.getInputStream(e).readAllBytes());
      }
    }
    return out;
  }

  static MemorySegment archive(Map<String, byte[]> records) {
    ZipBytes zip = new ZipBytes();
    records.forEach(zip::put);
    return zip.segment();
  }
}
