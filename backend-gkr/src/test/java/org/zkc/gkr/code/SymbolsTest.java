package org.zkc.gkr.code;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.RandomElements;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.mle.Mle;

class SymbolsTest {
  private final RandomElements random = new RandomElements(31);

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8, 16, 64, 512})
  void theTransposedEncodingGivesTheCodewordsSymbols(int dimension) {
    int length = 4 * dimension;
    ExtVector message = random.vector(dimension);
    int[] all = new int[length];
    for (int k = 0; k < length; k++) {
      all[k] = k;
    }
    ExtVector codeword = CircleCode.ofDimension(dimension).codewordAt(message, all);
    Symbols symbols = Symbols.ofDimension(dimension);
    // One position: the message's symbol there. All of them: a combination of symbols.
    for (int k = 0; k < length; k += Math.max(1, length / 64)) {
      ExtVector one = symbols.transposed(new int[] {k}, ExtVector.of(Ext.ONE));
      assertEquals(codeword.get(k), Kernels.best().dot(one, message), "position " + k);
    }
    ExtVector coefficients = random.vector(length);
    assertEquals(
        Kernels.best().dot(coefficients, codeword),
        Kernels.best().dot(symbols.transposed(all, coefficients), message));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 8, 64})
  void theExtensionIsThatOfTheSymbolsFunction(int dimension) {
    Symbols symbols = Symbols.ofDimension(dimension);
    Ext[] point = random.vector(Integer.numberOfTrailingZeros(dimension)).toArray();
    for (int k = 0; k < 4 * dimension; k++) {
      ExtVector one = symbols.transposed(new int[] {k}, ExtVector.of(Ext.ONE));
      assertEquals(Mle.evaluate(one, point), symbols.at(k, point), "position " + k);
    }
  }
}
