/**
 * {@code zkc inspect --html}: what a file holds as one page for a browser. Builders ({@link
 * org.zkc.runtime.report.ModelPage}, {@link org.zkc.runtime.report.KeyPage}, {@link
 * org.zkc.runtime.report.ProofPage}, {@link org.zkc.runtime.report.ProgramPage}) gather a {@link
 * org.zkc.runtime.report.Page}; {@link org.zkc.runtime.report.PageWriter} puts it as JSON into one
 * HTML file with its style and script.
 */
package org.zkc.runtime.report;
