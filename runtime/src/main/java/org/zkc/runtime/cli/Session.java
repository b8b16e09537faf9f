package org.zkc.runtime.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.zkc.gkr.file.ModelVerifier;

/**
 * The process that a command runs in, as far as the command can tell: one of its own, or one that
 * serves many.
 */
interface Session {
  /** A compiled model, ready to run and prove. */
  OpenModel model(Path file) throws IOException;

  /**
   * The verifier of a key.
   *
   * @param bytes of the key file
   * @param digest of the bytes
   * @throws org.zkc.gkr.failure.VerificationFailure when they are no key
   */
  ModelVerifier verifier(byte[] bytes, String digest);

  /** Shows how far the command is. */
  ProgressDisplay progress(ProgressMode mode, PrintWriter err);

  /**
   * Takes what a command has found, for programs: maps, lists, strings and numbers. People read the
   * text instead.
   */
  void report(Supplier<Map<String, Object>> found);

  /** A process for one command: nothing is kept, and there is no program that listens. */
  static Session ofOneCommand() {
    return new Session() {
      @Override
      public OpenModel model(Path file) {
        return OpenModel.open(file);
      }

      @Override
      public ModelVerifier verifier(byte[] bytes, String digest) {
        return ModelVerifier.load(bytes);
      }

      @Override
      public ProgressDisplay progress(ProgressMode mode, PrintWriter err) {
        return ProgressDisplay.of(mode, err);
      }

      @Override
      public void report(Supplier<Map<String, Object>> found) {
        // The text says it.
      }
    };
  }
}
