package org.zkc.runtime.reference;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.runtime.artifact.FileErrors;

/**
 * PyTorch itself, as an oracle: runs an archive through DJL's engine. The engine (some 115 MB) is
 * no part of zkc; Maven fetches it into the user's cache on first use, and a class loader of its
 * own keeps it apart from everything else. Compiling, proving and verifying do not need it.
 */
public final class ReferenceEngine {
  private static final String POM = "pom.xml";
  private static final int FETCH_MINUTES = 20;

  private ReferenceEngine() {}

  /**
   * Runs {@code forward} in PyTorch.
   *
   * @param log told what takes long
   * @return the outputs as f32
   * @throws UserException when the engine cannot be fetched or refuses the archive
   */
  public static List<TensorData> run(Path archive, List<TensorData> inputs, Consumer<String> log)
      throws IOException {
    FileErrors.requireReadable(archive);
    List<URL> classPath = new ArrayList<>();
    classPath.add(ownCode());
    Path libraries = libraries(log);
    try (Stream<Path> jars = Files.list(libraries)) {
      for (Path jar : jars.filter(j -> j.toString().endsWith(".jar")).sorted().toList()) {
        classPath.add(jar.toUri().toURL());
      }
    }
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("DJL_CACHE_DIR", libraries.resolveSibling("djl").toString());
    try (URLClassLoader loader =
        new URLClassLoader(classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      return call(loader, archive, inputs);
    }
  }

  private static List<TensorData> call(ClassLoader loader, Path archive, List<TensorData> inputs) {
    float[][] elements = new float[inputs.size()][];
    long[][] shapes = new long[inputs.size()][];
    boolean[] integers = new boolean[inputs.size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = inputs.get(i).toFloats();
      shapes[i] = inputs.get(i).shape().extents().stream().mapToLong(Integer::longValue).toArray();
      integers[i] = !inputs.get(i).dtype().isFloating() && inputs.get(i).dtype() != DType.U8;
    }
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      Object[] results =
          (Object[])
              loader
                  .loadClass(DjlForward.class.getName())
                  .getMethod("run", String.class, float[][].class, long[][].class, boolean[].class)
                  .invoke(null, archive.toAbsolutePath().toString(), elements, shapes, integers);
      List<TensorData> outputs = new ArrayList<>();
      for (Object result : results) {
        Object[] pair = (Object[]) result;
        int[] extents = Arrays.stream((long[]) pair[1]).mapToInt(Math::toIntExact).toArray();
        outputs.add(TensorData.ofFloats(Shape.of(extents), (float[]) pair[0]));
      }
      return outputs;
    } catch (InvocationTargetException e) {
      throw new UserException(
          "PyTorch's engine could not run %s: %s"
              .formatted(
                  archive,
                  String.valueOf(
                          Objects.requireNonNull(e.getCause(), "what the engine threw")
                              .getMessage())
                      .lines()
                      .findFirst()
                      .orElse("")));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static URL ownCode() {
    try {
      return ReferenceEngine.class
          .getProtectionDomain()
          .getCodeSource()
          .getLocation()
          .toURI()
          .toURL();
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The folder with the engine's jars; fetched when it is not complete. */
  private static Path libraries(Consumer<String> log) throws IOException {
    String pom;
    try (InputStream in = ReferenceEngine.class.getResourceAsStream(POM)) {
      pom =
          new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("CLASSIFIER", classifier());
    }
    Path cache = cache().resolve("reference-" + Integer.toHexString(pom.hashCode()));
    Path libraries = cache.resolve("lib");
    if (Files.isDirectory(libraries)) {
      return libraries;
    }
    log.accept("fetching PyTorch's engine (about 115 MB, once) into " + cache);
    Files.createDirectories(cache);
    Path work = Files.createTempDirectory(cache, "fetch");
    Path pomFile = Files.writeString(work.resolve(POM), pom);
    Path output = work.resolve("maven.log");
    List<String> command =
        List.of(
            maven(),
            "-q",
            "-B",
            "-f",
            pomFile.toString(),
            "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies",
            "-DoutputDirectory=" + work.resolve("lib"));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!process.waitFor(FETCH_MINUTES, TimeUnit.MINUTES)) {
        process.destroy();
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
    }
    if (process.isAlive() || process.exitValue() != 0) {
      throw new UserException("PyTorch's engine could not be fetched; Maven's log is " + output);
    }
    Files.move(work.resolve("lib"), libraries, StandardCopyOption.ATOMIC_MOVE);
    return libraries;
  }

  private static Path cache() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path base =
        xdg != null && !xdg.isEmpty()
            ? Path.of(xdg)
            : Path.of(System.getProperty("user.home"), ".cache");
    return base.resolve("zkc");
  }

  private static String classifier() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String architecture = machine.equals("amd64") ? "x86_64" : machine;
    if (os.contains("linux") && architecture.equals("x86_64")) {
      return "linux-x86_64";
    }
    if (os.contains("mac") && architecture.equals("aarch64")) {
      return "osx-aarch64";
    }
    if (os.contains("windows") && architecture.equals("x86_64")) {
      return "win-x86_64";
    }
    throw new UserException(
        "--reference runs on Linux x86-64, macOS aarch64 and Windows x86-64; this is %s %s"
            .formatted(os, architecture));
  }

  /** Maven on the PATH, else the wrapper of the checkout that the jar lies in. */
  private static String maven() {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      Path candidate = Path.of(folder, "mvn");
      if (Files.isExecutable(candidate)) {
        return candidate.toString();
      }
    }
    try {
      for (Path p = Path.of(ownCode().toURI()); p != null; p = p.getParent()) {
        if (Files.isExecutable(p.resolveSibling("mvnw"))) {
          return p.resolveSibling("mvnw").toString();
        }
      }
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    throw new UserException(
        "--reference fetches PyTorch's engine with Maven, and there is no mvn on the PATH");
  }
}
