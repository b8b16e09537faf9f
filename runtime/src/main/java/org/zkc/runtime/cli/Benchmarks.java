package org.zkc.runtime.cli;

import java.util.concurrent.Callable;

/**
 * {@code zkc bench} with the networks that it measures. They come with a checkout only: what a user
 * runs need not carry them. The launcher of a checkout puts them on the class path, where {@link
 * java.util.ServiceLoader} finds them.
 */
public interface Benchmarks extends Callable<Integer> {}
