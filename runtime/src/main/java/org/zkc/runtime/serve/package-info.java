/**
 * {@code zkc serve}: requests in JSON-RPC 2.0, one a line, over a pair of byte streams
 * (docs/serve.md). This package knows lines, requests and their order; what a method does, the
 * command line says through {@link org.zkc.runtime.serve.Methods}.
 */
package org.zkc.runtime.serve;
