package org.zkc.ir.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.ir.Level;
import org.zkc.ir.Program;
import org.zkc.ir.Programs;
import org.zkc.ir.RandomPrograms;
import org.zkc.ir.text.Printer;

final class ProgramStorageTest {
  private static final int PROGRAMS = 20;

  private record Saved(byte[] program, byte[] blobs) {
    static Saved of(Program program) throws Exception {
      AlignedBlobs blobs = new AlignedBlobs();
      byte[] bytes = ProgramStorage.encode(program, blobs);
      ByteArrayOutputStream area = new ByteArrayOutputStream();
      blobs.writeTo(Channels.newChannel(area));
      assertEquals(blobs.byteSize(), area.size());
      return new Saved(bytes, area.toByteArray());
    }

    Program load(byte[] bytes) {
      return ProgramStorage.decode(bytes, AlignedBlobs.source(MemorySegment.ofArray(blobs)));
    }
  }

  @ParameterizedTest
  @EnumSource(Level.class)
  void decodingAStoredProgramGivesTheProgram(Level level) throws Exception {
    for (long seed = 0; seed < PROGRAMS; seed++) {
      // Strings are UTF-8 here, which has no lone surrogates, so those programs are not for
      // storage.
      Program program =
          RandomPrograms.next(level, new Random(seed), RandomPrograms.Strings.UNICODE);
      Saved saved = Saved.of(program);
      Program loaded = saved.load(saved.program());
      assertTrue(Programs.equal(program, loaded), "seed " + seed);
      assertEquals(Printer.print(program), Printer.print(loaded), "names are kept, seed " + seed);
      assertArrayEquals(
          saved.program(), Saved.of(loaded).program(), "bytes are deterministic, seed " + seed);
    }
  }

  /**
   * Flipped, deleted, inserted and repeated bytes: the same program can never come out, and nothing
   * else may happen.
   */
  @ParameterizedTest
  @EnumSource(Level.class)
  void damagedBytesAreRefusedOrDecodeToAnotherProgram(Level level) throws Exception {
    Program program = RandomPrograms.next(level, new Random(3), RandomPrograms.Strings.UNICODE);
    Saved saved = Saved.of(program);
    Random random = new Random(17);
    int refused = 0;
    for (int round = 0; round < 1000; round++) {
      byte[] bytes = mutated(saved.program(), random);
      try {
        Program other = saved.load(bytes);
        assertArrayEquals(bytes, ProgramStorage.encode(other, positions(saved)), "round " + round);
      } catch (StorageException e) {
        refused++;
      }
    }
    assertTrue(refused > 500, refused + " of 1000 were refused");
  }

  /** Numbers blobs by where they lie in the saved area, which all blobs of a decoded program do. */
  private static BlobSink positions(Saved saved) {
    MemorySegment area = MemorySegment.ofArray(saved.blobs());
    return blob -> ((Blob.Elements) blob).data().bytes().address() - area.address();
  }

  private static byte[] mutated(byte[] bytes, Random random) {
    byte[] out = bytes.clone();
    int at = random.nextInt(out.length);
    switch (random.nextInt(4)) {
      case 0 -> out[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> out[at] = (byte) random.nextInt(256);
      case 2 -> out = Arrays.copyOf(out, at);
      default -> {
        int from = random.nextInt(out.length);
        int length = Math.min(random.nextInt(1, 20), out.length - Math.max(at, from));
        System.arraycopy(bytes, from, out, at, length);
      }
    }
    return out;
  }

  @Test
  void blobsOutsideTheirAreaAreRefused() {
    BlobSource source = AlignedBlobs.source(MemorySegment.ofArray(new byte[128]));
    assertEquals(64, source.blob(64, 64).byteSize());
    assertThrows(StorageException.class, () -> source.blob(64, 65));
    assertThrows(StorageException.class, () -> source.blob(1, 4));
    assertThrows(StorageException.class, () -> source.blob(-64, 4));
    assertThrows(StorageException.class, () -> source.blob(64, Long.MAX_VALUE));
    assertThrows(StorageException.class, () -> source.blob(0, -1));
  }

  @Test
  void anotherFormatIsNamed() {
    byte[] bytes =
        Stored.Program.newBuilder().setFormat(9).setLevel("tensor").build().toByteArray();
    StorageException e =
        assertThrows(
            StorageException.class,
            () ->
                ProgramStorage.decode(
                    bytes, AlignedBlobs.source(MemorySegment.ofArray(new byte[0]))));
    assertTrue(e.getMessage().contains("format 9"), e.getMessage());
  }
}
