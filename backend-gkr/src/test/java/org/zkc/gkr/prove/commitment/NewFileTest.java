package org.zkc.gkr.prove.commitment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NewFileTest {
  private static final int BYTES = 5 * NewFile.ALIGNMENT;

  @TempDir Path folder;

  /**
   * Parts are [split, BYTES), then [0, split): with and without what writing past the cache asks.
   */
  @ParameterizedTest
  @CsvSource({
    "true, 8192, 0",
    "false, 8192, 0",
    "false, 8192, 4",
    "false, 100, 0",
    "false, 8191, 1"
  })
  void holdsItsPartsWhereverTheyLie(boolean isCached, int split, int misaligned)
      throws IOException {
    Path path = folder.resolve("parts");
    byte[] expected = new byte[BYTES];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory =
          arena.allocate(BYTES + misaligned, NewFile.ALIGNMENT).asSlice(misaligned);
      for (int i = 0; i < BYTES; i++) {
        expected[i] = (byte) (i * 31 + i / 256);
        memory.set(ValueLayout.JAVA_BYTE, i, expected[i]);
      }
      try (NewFile file = NewFile.create(path, isCached)) {
        file.write(memory.asSlice(split), split);
        file.write(memory.asSlice(0, split), 0);
      }
    }
    assertArrayEquals(expected, Files.readAllBytes(path));
  }

  @Test
  void smallFilesStayInTheCache() throws IOException {
    try (NewFile file = NewFile.create(folder.resolve("small"), BYTES)) {
      assertTrue(file.isCached());
    }
  }

  @Test
  void replacesNothing() throws IOException {
    Path path = folder.resolve("there");
    Files.createFile(path);
    assertThrows(FileAlreadyExistsException.class, () -> NewFile.create(path, false));
  }
}
