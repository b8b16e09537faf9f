package org.zkc.torchscript;

import java.nio.file.Path;
import org.zkc.ir.UserException;

/** Reads archives written by {@code torch.jit.save}: traced, scripted or frozen. Nothing from an archive is executed. */
public final class TorchScriptReader {

  private TorchScriptReader() {}

  /**
   * Reads a TorchScript archive. Weights stay memory-mapped for as long as the model is reachable; the file must not
   * change meanwhile.
   *
   * @throws UserException when the file is missing, is not a TorchScript archive, is damaged, or uses something that
   *     zkc does not support; the message names the remedy
   */
  public static TorchModel read(Path file) {
    throw new UserException("Reading " + file.getFileName() + " is not possible yet.");
  }
}
