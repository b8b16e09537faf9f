package org.zkc.stablehlo.text;

import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;
import org.zkc.stablehlo.program.HloLocation;
import org.zkc.stablehlo.program.HloLocation.SourceLine;
import org.zkc.stablehlo.text.StablehloParser.LocationBodyContext;

/** Locations of a text: the place itself, and name and line that its {@code loc} gives. */
final class LocationReader {
  private final SourceText source;
  private final Aliases<StablehloParser.AttributeContext, Origin> aliases;

  /** The first name and the first line of a {@code loc}. */
  record Origin(Optional<String> name, Optional<SourceLine> line) {
    static final Origin NONE = new Origin(Optional.empty(), Optional.empty());

    Origin or(Origin other) {
      return new Origin(name.or(other::name), line.or(other::line));
    }
  }

  LocationReader(SourceText source, Aliases<StablehloParser.AttributeContext, Origin> aliases) {
    this.source = source;
    this.aliases = aliases;
  }

  /**
   * The location of a part of the text.
   *
   * @param written the origins that the text states; the first one present counts
   */
  HloLocation location(
      ParserRuleContext part, StablehloParser.@Nullable LocationContext... written) {
    HloLocation place = source.location(part.getStart());
    for (StablehloParser.LocationContext location : written) {
      if (location != null) {
        Origin origin = origin(location.locationBody());
        return new HloLocation(place.line(), place.column(), origin.name(), origin.line());
      }
    }
    return place;
  }

  private Origin origin(LocationBodyContext body) {
    return switch (body) {
      case StablehloParser.AliasLocationContext alias ->
          aliases
              .resolve(alias.HASH().getText(), alias.getStart(), this::definition)
              .orElseThrow(() ->
                  source.fault(
                      alias,
                      "the location %s is not defined".formatted(alias.HASH().getText()),
                      "define it, or remove it"));
      case StablehloParser.FileLocationContext file -> file(file);
      case StablehloParser.NameLocationContext name -> {
        Optional<String> text =
            Optional.of(Strings.value(source, name.STRING().getSymbol())).filter(s -> !s.isEmpty());
        Origin child = name.locationBody() == null ? Origin.NONE : origin(name.locationBody());
        yield new Origin(text, Optional.empty()).or(child);
      }
      case StablehloParser.CallLocationContext call ->
          origin(call.locationBody(0)).or(origin(call.locationBody(1)));
      case StablehloParser.FusedLocationContext fused -> {
        Origin all = Origin.NONE;
        for (StablehloParser.FusedPartContext part : fused.fusedPart()) {
          all =
              all.or(
                  origin(
                      part.location() != null
                          ? part.location().locationBody()
                          : part.locationBody()));
        }
        yield all;
      }
      case StablehloParser.UnknownLocationContext _ -> Origin.NONE;
      default -> throw new IllegalStateException("unhandled location " + body.getClass());
    };
  }

  private Origin definition(StablehloParser.AttributeContext definition) {
    if (definition instanceof StablehloParser.LocationAttributeContext location) {
      return origin(location.location().locationBody());
    }
    throw source.fault(definition, "this alias is used as a location", "write loc(...)");
  }

  private Origin file(StablehloParser.FileLocationContext file) {
    String name = Strings.value(source, file.STRING().getSymbol());
    int line = number(file.INT(0).getSymbol());
    int column = number(file.INT(1).getSymbol());
    // The line 0 is what tools write that know the file alone.
    return name.isEmpty() || line == 0
        ? Origin.NONE
        : new Origin(Optional.empty(), Optional.of(new SourceLine(name, line, column)));
  }

  private int number(Token token) {
    try {
      return Integer.parseInt(token.getText());
    } catch (NumberFormatException e) {
      throw source.fault(token, "this is no line or column", "write a smaller number");
    }
  }
}
