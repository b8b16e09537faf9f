package org.zkc.runtime.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.prove.ProvingKey;
import org.zkc.runtime.bench.TinyModel;

/** The place of a model's codeword when it cannot lie beside its model. */
final class CodewordsTest {
  @TempDir private Path folder;

  private Path model;
  private Path code;
  private Path cache;
  private Path scratch;
  private final List<String> notes = new ArrayList<>();

  @BeforeEach
  void write() throws IOException {
    model = folder.resolve("tiny.zkc");
    TinyModel.write(model);
    code = ModelFile.codeFile(model);
    cache = folder.resolve("cache");
    scratch = Files.createDirectory(folder.resolve("scratch"));
  }

  private void open() throws IOException {
    try (ProvingKey key =
        new Codewords(cache, scratch, notes::add).open(ModelFile.open(model), model, 1)) {
      assertTrue(key.verifierKey().modelRoot().length > 0, "a key of this model");
    }
  }

  // No user, not even root, can put a file in the place of a folder that holds something.
  private static void makeUnusable(Path place) throws IOException {
    Files.deleteIfExists(place);
    Files.createDirectories(place.resolve("taken"));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void whoReadsTheModelReadsItsCodeword() throws IOException {
    assertEquals(Files.getPosixFilePermissions(model), Files.getPosixFilePermissions(code));
    Files.delete(code);
    open();
    assertEquals(Files.getPosixFilePermissions(model), Files.getPosixFilePermissions(code));
    assertEquals(List.of(), notes);
  }

  @Test
  void madeInTheCacheAndReadThereTheNextTime() throws IOException {
    makeUnusable(code);
    open();
    assertEquals(1, notes.size());
    assertTrue(
        notes.getFirst().contains("tiny.zkc.code is a folder")
            && notes.getFirst().contains("was made in " + cache),
        notes.toString());
    Path cached = files(cache).getFirst();
    Object made = Files.getLastModifiedTime(cached);
    open();
    assertTrue(notes.getLast().contains("was read from " + cached), notes.toString());
    assertEquals(made, Files.getLastModifiedTime(cached));
    Files.writeString(cached, "damaged");
    open();
    assertTrue(notes.getLast().contains("was made in " + cached), notes.toString());
  }

  @Test
  void madeForOneProofWhereThereIsNoCache() throws IOException {
    makeUnusable(code);
    Files.writeString(cache, "a file where the folder should be");
    open();
    assertTrue(notes.getLast().contains("for this proof alone"), notes.toString());
    assertEquals(List.of(), files(scratch));
  }

  @Test
  void nowhereSaysWhyForEveryPlace() throws IOException {
    makeUnusable(code);
    Files.writeString(cache, "a file");
    Files.delete(scratch);
    String message = assertThrows(IOException.class, this::open).getMessage();
    for (String place : List.of("tiny.zkc.code is a folder", cache.toString(), "scratch")) {
      assertTrue(message.contains(place), message);
    }
  }

  @Test
  void theCacheIsWhereTheBaseDirectoriesSay() {
    assertEquals(Path.of("/c/zkc"), Codewords.cache(Map.of("XDG_CACHE_HOME", "/c")));
    assertEquals(
        Path.of(System.getProperty("user.home"), ".cache", "zkc"), Codewords.cache(Map.of()));
  }
}
