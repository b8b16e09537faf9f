package org.zkc.torchscript.code;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;

/**
 * Turns line starts into INDENT and DEDENT tokens, as Python's tokenizer does, and drops line ends
 * inside brackets. Nesting is bounded, so that the recursive parser cannot exhaust the stack on a
 * malicious file.
 */
final class Indentation {

  /** Real code nests brackets 8 and blocks 12 deep at most. */
  static final int MAX_NESTING = 100;

  private final Deque<Token> pending = new ArrayDeque<>();
  private final Deque<Integer> columns = new ArrayDeque<>();
  private int brackets;
  private boolean ended;

  Indentation() {
    columns.push(0);
  }

  Token next(Supplier<Token> raw) {
    while (pending.isEmpty()) {
      accept(raw.get());
    }
    return pending.poll();
  }

  private void accept(Token token) {
    switch (token.getType()) {
      case TorchScriptLexer.NEWLINE -> {
        if (brackets == 0) {
          pending.add(token);
          indentTo(token.getText().length() - token.getText().indexOf('\n') - 1, token);
        }
      }
      case Token.EOF -> {
        if (!ended) {
          ended = true;
          indentTo(0, token);
        }
        pending.add(token);
      }
      default -> {
        countBrackets(token);
        pending.add(token);
      }
    }
  }

  private void countBrackets(Token token) {
    String text = token.getText();
    if (text.length() != 1) {
      return;
    }
    switch (text.charAt(0)) {
      case '(', '[', '{' -> {
        if (++brackets > MAX_NESTING) {
          throw new CodeSyntaxException(
              token.getStartIndex(), "brackets are nested more than " + MAX_NESTING + " deep");
        }
      }
      case ')', ']', '}' -> brackets = Math.max(0, brackets - 1);
      default -> {}
    }
  }

  private void indentTo(int column, Token at) {
    if (column > columns.peek()) {
      if (columns.size() > MAX_NESTING) {
        throw new CodeSyntaxException(
            at.getStartIndex(), "blocks are nested more than " + MAX_NESTING + " deep");
      }
      columns.push(column);
      pending.add(virtual(TorchScriptParser.INDENT, at));
    }
    while (column < columns.peek()) {
      columns.pop();
      pending.add(virtual(TorchScriptParser.DEDENT, at));
    }
    if (column != columns.peek()) {
      throw new CodeSyntaxException(at.getStopIndex(), "a line is indented like none before it");
    }
  }

  private Token virtual(int type, Token at) {
    CommonToken token = new CommonToken(type, "");
    token.setLine(at.getLine());
    token.setCharPositionInLine(at.getCharPositionInLine());
    token.setStartIndex(at.getStartIndex());
    token.setStopIndex(at.getStartIndex());
    return token;
  }
}
