package org.zkc.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** docs/cli.md names every command and flag that there is, and none that there is not. */
final class CliReferenceTest {
  private static final Pattern HEADING = Pattern.compile("^##(?:#)? zkc (\\S+(?: \\S+)?)$");
  private static final Pattern FLAG = Pattern.compile("(?<![\\w-])--?[a-z][a-z-]*");
  private static final Set<String> EVERYWHERE =
      Set.of("-h", "--help", "-V", "--version", "--debug");

  @Test
  void everyCommandAndFlagIsDocumentedAndNoOther() throws IOException {
    Map<String, CommandLine> commands = new LinkedHashMap<>();
    Main.commandLine(new ZkcCommand())
        .getSubcommands()
        .forEach((name, command) -> {
          commands.put(name, command);
          command.getSubcommands().forEach((inner, c) -> commands.put(name + " " + inner, c));
        });
    Map<String, String> sections = sections(Files.readString(Path.of("..", "docs", "cli.md")));
    assertEquals(new TreeSet<>(commands.keySet()), new TreeSet<>(sections.keySet()), "commands");
    commands.forEach((name, command) -> {
      Set<String> expected = new TreeSet<>();
      for (OptionSpec option : command.getCommandSpec().options()) {
        expected.addAll(List.of(option.names()));
      }
      expected.removeAll(EVERYWHERE);
      assertEquals(expected, tableFlags(sections.get(name)), "flags of zkc " + name);
      List<String> elsewhere = new ArrayList<>(flags(usage(sections.get(name))));
      elsewhere.removeAll(expected);
      assertTrue(elsewhere.isEmpty(), () -> "zkc " + name + " has no " + elsewhere);
      // A command with a synopsis has all of its flags there, each by one of its names.
      Set<String> synopsis = flags(usage(sections.get(name)));
      for (OptionSpec option : command.getCommandSpec().options()) {
        assertTrue(
            synopsis.isEmpty()
                || EVERYWHERE.contains(option.longestName())
                || List.of(option.names()).stream().anyMatch(synopsis::contains),
            () -> "the synopsis of zkc " + name + " lacks " + option.longestName());
      }
    });
  }

  private static Map<String, String> sections(String text) {
    Map<String, String> sections = new LinkedHashMap<>();
    String current = null;
    for (String line : text.lines().toList()) {
      Matcher heading = HEADING.matcher(line);
      if (heading.matches()) {
        current = heading.group(1);
        sections.put(current, "");
      } else if (current != null) {
        sections.merge(current, line + "\n", String::concat);
      }
    }
    return sections;
  }

  /** The flags in the first column of a section's table. */
  private static Set<String> tableFlags(String section) {
    Set<String> found = new TreeSet<>();
    section
        .lines()
        .filter(line -> line.startsWith("| `-"))
        .forEach(line -> found.addAll(flags(line.split("\\|")[1])));
    return found;
  }

  /** The synopsis, between fences. */
  private static String usage(String section) {
    String[] parts = section.split("```");
    return parts.length > 1 ? parts[1] : "";
  }

  private static Set<String> flags(String text) {
    Set<String> found = new TreeSet<>();
    Matcher flag = FLAG.matcher(text);
    while (flag.find()) {
      found.add(flag.group());
    }
    return found;
  }
}
