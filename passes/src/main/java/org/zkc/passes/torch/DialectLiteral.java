package org.zkc.passes.torch;

import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.ir.torch.Constant;
import org.zkc.passes.torch.TorchValue.Bool;
import org.zkc.passes.torch.TorchValue.Int;
import org.zkc.passes.torch.TorchValue.Text;

/** The value of a literal of the serialised dialect. */
final class DialectLiteral {
  private DialectLiteral() {}

  /** The literal's text decides, and the type where the text of a whole float looks like an int. */
  static TorchValue read(Constant constant) {
    String text = constant.literal();
    boolean floating =
        constant.result().type() instanceof TorchType.Simple s && s.name().equals("float");
    switch (text) {
      case "None" -> {
        return TorchValue.None.NONE;
      }
      case "True", "False" -> {
        return new Bool(text.equals("True"));
      }
      case "inf", "-inf" -> {
        return new TorchValue.Float(
            text.equals("inf") ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY);
      }
      case "nan", "-nan" -> {
        return new TorchValue.Float(Double.NaN);
      }
      default -> {}
    }
    if (text.startsWith("\"")) {
      return new Text(unquoted(text));
    }
    if (text.startsWith("torch.device(") && text.endsWith(")")) {
      return new Text(unquoted(text.substring("torch.device(".length(), text.length() - 1)));
    }
    try {
      return !floating && text.matches("-?\\d+")
          ? new Int(Long.parseLong(text))
          : new TorchValue.Float(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      throw new UserException(
          constant.location(), "the literal %s is not supported".formatted(text));
    }
  }

  /** Escapes {@code \\ \' \" \a \b \f \n \r \t \v} and three octal digits. */
  private static String unquoted(String quoted) {
    StringBuilder out = new StringBuilder();
    for (int i = 1; i < quoted.length() - 1; i++) {
      char c = quoted.charAt(i);
      if (c != '\\' || i + 1 >= quoted.length() - 1) {
        out.append(c);
        continue;
      }
      char escaped = quoted.charAt(++i);
      switch (escaped) {
        case 'a' -> out.append('\u0007');
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'n' -> out.append('\n');
        case 'r' -> out.append('\r');
        case 't' -> out.append('\t');
        case 'v' -> out.append('\u000b');
        default -> {
          if (escaped >= '0' && escaped <= '7' && i + 2 < quoted.length() - 1) {
            out.append((char) Integer.parseInt(quoted.substring(i, i + 3), 8));
            i += 2;
          } else {
            out.append(escaped);
          }
        }
      }
    }
    return out.toString();
  }
}
