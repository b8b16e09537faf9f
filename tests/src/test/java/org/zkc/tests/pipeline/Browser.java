package org.zkc.tests.pipeline;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A headless Chromium that is installed on this machine; nothing is fetched. */
final class Browser implements AutoCloseable {
  /** {@code required} makes the absence of a browser a failure. */
  static final String VARIABLE = "ZKC_BROWSER";

  private static final List<String> BROWSERS =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
  private static final List<String> USUAL_PLACES =
      List.of("/usr/bin", "/usr/local/bin", "/usr/lib/chromium", "/usr/lib/chromium-browser");

  /**
   * The driver warns that it does not know this browser's version of a protocol yet; nothing here
   * uses that protocol.
   */
  private static final Logger DEVTOOLS = Logger.getLogger("org.openqa.selenium.devtools");

  static {
    DEVTOOLS.setLevel(Level.SEVERE);
  }

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Why there is no browser on this machine. */
  static final class Missing extends Exception {
    private static final long serialVersionUID = 1;

    Missing(String reason) {
      super(
          reason
              + "; on Debian, apt-get install chromium chromium-driver. "
              + VARIABLE
              + "=required makes this a failure");
    }
  }

  static boolean isRequired() {
    return "required".equals(System.getenv(VARIABLE));
  }

  /** Starts a browser. */
  static Browser start() throws Missing {
    Path executable =
        find(List.of("chromedriver")).orElseThrow(() -> new Missing("there is no chromedriver"));
    Path binary = find(BROWSERS).orElseThrow(() -> new Missing("there is no Chromium or Chrome"));
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(binary.toFile());
    // CI runs as root, where Chromium's sandbox does not start; the pages are this test's own.
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--window-size=1280,800");
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(executable.toFile()).build();
    try {
      return new Browser(new ChromeDriver(service, options));
    } catch (WebDriverException e) {
      throw new Missing("%s does not start: %s".formatted(binary, e.getRawMessage()));
    }
  }

  private static Optional<Path> find(List<String> names) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    List<String> folders =
        Stream.concat(Arrays.stream(path.split(File.pathSeparator)), USUAL_PLACES.stream())
            .toList();
    return names.stream()
        .flatMap(name -> folders.stream().map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  ChromeDriver driver() {
    return driver;
  }

  /** Opens a file and forgets what was logged before. */
  void open(Path file) {
    driver.manage().logs().get(LogType.BROWSER);
    driver.manage().logs().get(LogType.PERFORMANCE);
    driver.get(file.toUri().toString());
  }

  /** The answer of a script. */
  Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  long number(String script, Object... arguments) {
    return ((Number) run(script, arguments)).longValue();
  }

  /** The size of the screen in CSS pixels, whatever the window's. */
  void screen(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
  }

  void darkMode(boolean dark) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
  }

  /** Everything on the console since the page was opened. */
  List<String> console() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::getMessage)
        .toList();
  }

  /** Requests since the page was opened, but for the file itself and data inside it. */
  List<String> requests() {
    return driver.manage().logs().get(LogType.PERFORMANCE).getAll().stream()
        .map(LogEntry::getMessage)
        .filter(m -> m.contains("\"Network.requestWillBeSent\"") || m.contains("webSocketCreated"))
        .filter(m -> !m.matches("(?s).*\"url\":\"(file:///[^\"]*\\.html|data:,)(#[^\"]*)?\".*"))
        .toList();
  }

  @Override
  public void close() {
    driver.quit();
  }
}
