package org.zkc.ir.storage;

import org.zkc.ir.UserException;

/** Bytes that are not a stored program, or not one that this version writes. */
public final class StorageException extends UserException {
  private static final long serialVersionUID = 1;

  public StorageException(String message) {
    super(message);
  }
}
