package org.zkc.tests.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Message;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.file.ModelVerifier;
import org.zkc.gkr.file.ProvedTensor;
import org.zkc.gkr.file.VerifiedProof;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.runtime.cli.Main;
import org.zkc.runtime.numpy.NpyWriter;
import org.zkc.tests.Repository;

/** The verifier as other programs embed it: one small jar beside protobuf, and nothing else. */
final class VerifierArtifactTest {
  private static final int MOST_BYTES = 1_000_000;
  private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @TempDir private static Path folder;
  private static Path jar;
  private static Path protobuf;

  /** Proves LeNet, and compiles the example of the page with the two jars alone. */
  @BeforeAll
  static void prove() throws IOException, URISyntaxException {
    try (Stream<Path> files =
        Files.list(Repository.root().resolve("backend-gkr/verifier/target"))) {
      jar =
          files
              .filter(file -> file.getFileName().toString().matches("zkc-verifier-[0-9.]+\\.jar"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("mvn package makes the jar before this test"));
    }
    URI source = Message.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    protobuf = Path.of(source);
    Path archives = Repository.root().resolve("tests/src/test/resources/archives");
    zkc("compile", archives.resolve("lenet5.pt"), "-o", folder.resolve("lenet.zkc"));
    TensorData input = TensorData.ofFloats(Shape.of(1, 1, 28, 28), image());
    Files.write(folder.resolve("x.npy"), NpyWriter.encode(input));
    zkc(
        "prove",
        folder.resolve("lenet.zkc"),
        "--input",
        folder.resolve("x.npy"),
        "-o",
        folder.resolve("proof.zkp"));
    Matcher example =
        EXAMPLE.matcher(Files.readString(Repository.root().resolve("docs/verifier.md")));
    assertTrue(example.find(), "docs/verifier.md shows a program");
    Path program = folder.resolve("VerifyProof.java");
    Files.writeString(program, example.group(1));
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                errors,
                errors,
                "-d",
                folder.toString(),
                "-cp",
                classPath(),
                program.toString());
    assertEquals(0, failed, () -> errors.toString(StandardCharsets.UTF_8));
  }

  private static float[] image() {
    float[] out = new float[28 * 28];
    for (int i = 0; i < out.length; i++) {
      out[i] = i % 7 / 7f;
    }
    return out;
  }

  private static void zkc(Object... arguments) {
    String[] words = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
    assertEquals(0, Main.execute(words, out, out), () -> text.toString(StandardCharsets.UTF_8));
  }

  private static String classPath() {
    return jar + File.pathSeparator + protobuf + File.pathSeparator + folder;
  }

  private record Ended(int code, String out, String err) {}

  private static Ended verify(Path proof) throws IOException, InterruptedException {
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Duser.language=en",
                "-cp",
                classPath(),
                "VerifyProof",
                folder.resolve("lenet.vk").toString(),
                proof.toString())
            .redirectError(err.toFile())
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), out, Files.readString(err));
  }

  @Test
  void theExampleVerifiesAProofInAProcessOfItsOwn() throws IOException, InterruptedException {
    Ended ended = verify(folder.resolve("proof.zkp"));
    assertEquals(0, ended.code(), ended.err());
    List<String> lines = ended.out().lines().toList();
    assertTrue(lines.get(0).matches("model [0-9a-f]{64}, 1\\d\\d bits"), ended.out());
    assertTrue(lines.get(1).startsWith("output: f32 [1, 10]: ["), ended.out());
    assertEquals("", ended.err(), "a verifier needs no flags and warns of nothing");
  }

  @Test
  void theExampleRefusesAChangedProof() throws IOException, InterruptedException {
    byte[] bytes = Files.readAllBytes(folder.resolve("proof.zkp"));
    bytes[bytes.length / 2] ^= 1;
    Path changed = folder.resolve("changed.zkp");
    Files.write(changed, bytes);
    Ended ended = verify(changed);
    assertNotEquals(0, ended.code());
    assertTrue(ended.err().contains("org.zkc.gkr.failure.VerificationFailure: "), ended.err());
    assertEquals("", ended.out());
  }

  /** The statement names what the caller compares with, and the caller's array is recognised. */
  @Test
  void theStatementTellsWhatIsProved() throws IOException {
    byte[] key = Files.readAllBytes(folder.resolve("lenet.vk"));
    byte[] bytes = Files.readAllBytes(folder.resolve("proof.zkp"));
    ModelVerifier verifier = ModelVerifier.load(key);
    VerifiedProof proof = verifier.verify(bytes);
    assertEquals(verifier.model(), proof.model());
    assertTrue(proof.securityBits() >= 100, proof.toString());
    ProvedTensor x = proof.inputs().getFirst();
    float[] image = image();
    assertEquals("x: f32 [1, 1, 28, 28]", x.toString());
    assertTrue(x.isOf(image) && x.isOf(x.reals()));
    image[300] += 0.5f;
    assertFalse(x.isOf(image));
    image[300] = Float.NaN;
    assertFalse(x.isOf(image) || x.isOf(new float[3]));
    assertThrows(VerificationFailure.class, () -> verifier.verify(bytes, "another use"));
    ModelVerifier named = ModelVerifier.load(key, verifier.model().toUpperCase(Locale.ROOT));
    assertEquals(proof.model(), named.verify(bytes).model());
    VerificationFailure e =
        assertThrows(VerificationFailure.class, () -> ModelVerifier.load(key, "0".repeat(64)));
    assertEquals("key file, SHA-256", e.where());
  }

  @Test
  void theJarIsSmallAndHasNoProver() throws IOException {
    assertTrue(Files.size(jar) <= MOST_BYTES, Files.size(jar) + " bytes");
    try (JarFile file = new JarFile(jar.toFile())) {
      List<String> names = file.stream().map(entry -> entry.getName()).toList();
      assertTrue(names.contains("org/zkc/gkr/verify/Verifier.class"), names.toString());
      assertTrue(names.stream().noneMatch(name -> name.contains("/prove/")), names.toString());
    }
  }

  /** Also the classes that verifying LeNet does not load find what they name. */
  @Test
  void theJarNeedsProtobufAndTheJdkAlone() throws IOException {
    JavaClasses classes = new ClassFileImporter().importJar(new JarFile(jar.toFile()));
    Set<String> inside = new TreeSet<>();
    classes.forEach(c -> inside.add(c.getName()));
    assertTrue(inside.size() > 200, inside.size() + " classes");
    List<String> missing = new ArrayList<>();
    for (JavaClass c : classes) {
      for (Dependency d : c.getDirectDependenciesFromSelf()) {
        String name = d.getTargetClass().getBaseComponentType().getName();
        boolean there =
            inside.contains(name)
                || name.matches(
                    "(java|javax|jdk\\.incubator\\.vector|com\\.google\\.protobuf)\\..*")
                // Annotations: the JVM leaves those out that it does not find.
                || name.startsWith("org.jspecify.annotations.")
                || d.getTargetClass().getBaseComponentType().isPrimitive();
        if (!there) {
          missing.add(d.getDescription());
        }
      }
    }
    assertEquals(List.of(), missing);
  }

  @Test
  void itsPomNamesNoOtherDependency() throws IOException {
    String pom = Files.readString(Repository.root().resolve("backend-gkr/verifier/pom.xml"));
    List<String> needed =
        Pattern.compile("<dependency>(.*?)</dependency>", Pattern.DOTALL)
            .matcher(pom)
            .results()
            .map(found -> found.group(1))
            .filter(text -> !text.contains("<scope>"))
            .toList();
    assertEquals(
        List.of("<groupId>com.google.protobuf</groupId><artifactId>protobuf-java</artifactId>"),
        needed);
  }
}
