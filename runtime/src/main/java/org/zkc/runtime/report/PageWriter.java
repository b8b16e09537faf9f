package org.zkc.runtime.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes a page as one HTML file that needs nothing else: the data as JSON, a style and a script.
 * Its content security policy forbids every request, and every script and style but these, named by
 * their hashes; the script puts strings on the page as text only. The bytes depend on the page
 * alone.
 */
final class PageWriter {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING);
  private static final Pattern SLOT = Pattern.compile("\\{\\{(\\w+)}}");

  private PageWriter() {}

  static byte[] write(Page page) {
    String style = resource("page.css");
    String script = resource("page.js");
    Map<String, String> slots =
        Map.of(
            "title", escaped(page.title()),
            "style", style,
            "styleHash", sha256(style),
            "script", script,
            "scriptHash", sha256(script),
            "data", json(page));
    // One pass over the template: what fills a slot is not searched for slots.
    String html =
        SLOT.matcher(resource("page.html"))
            .replaceAll(slot ->
                Matcher.quoteReplacement(
                    Objects.requireNonNull(slots.get(slot.group(1)), "a slot of the template")));
    return html.getBytes(StandardCharsets.UTF_8);
  }

  /** JSON that holds none of the characters that could end a script element or begin a comment. */
  static String json(Page page) {
    try {
      return MAPPER
          .writeValueAsString(page)
          .replace("<", "\\u003c")
          .replace(">", "\\u003e")
          .replace("&", "\\u0026");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(PageWriter.class.getResourceAsStream(name), "a file of the jar")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The digest of a script or a style, as a content security policy names it. */
  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
