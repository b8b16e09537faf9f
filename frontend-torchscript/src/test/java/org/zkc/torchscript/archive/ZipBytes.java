package org.zkc.torchscript.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Zip files in memory, for tests. */
public final class ZipBytes {
  private final Map<String, byte[]> records = new LinkedHashMap<>();
  private boolean deflate;

  public ZipBytes put(String name, byte[] content) {
    records.put(name, content);
    return this;
  }

  public ZipBytes put(String name, String content) {
    return put(name, content.getBytes(StandardCharsets.ISO_8859_1));
  }

  public ZipBytes deflated() {
    deflate = true;
    return this;
  }

  public byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> record : records.entrySet()) {
        ZipEntry entry = new ZipEntry(record.getKey());
        if (!deflate) {
          CRC32 crc = new CRC32();
          crc.update(record.getValue());
          entry.setMethod(ZipEntry.STORED);
          entry.setSize(record.getValue().length);
          entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(record.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  public MemorySegment segment() {
    return MemorySegment.ofArray(bytes());
  }
}
