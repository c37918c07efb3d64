package org.apache.http.entity.mime;

import java.io.File;
import org.apache.http.HttpEntity;

/** What the generated code needs of httpmime, so that it compiles without that library. */
public final class MultipartEntityBuilder {
  private MultipartEntityBuilder() {}

  public static MultipartEntityBuilder create() {
    return new MultipartEntityBuilder();
  }

  public MultipartEntityBuilder addBinaryBody(String name, File file) {
    return this;
  }

  public MultipartEntityBuilder addTextBody(String name, String text) {
    return this;
  }

  public HttpEntity build() {
    throw new UnsupportedOperationException("this class is for compiling alone");
  }
}
