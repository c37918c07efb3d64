package org.openapitools.jackson.nullable;

import java.util.NoSuchElementException;
import java.util.Objects;

/** What the generated code needs of jackson-databind-nullable, so that it compiles without that library. */
public final class JsonNullable<T> {
  private static final JsonNullable<?> UNDEFINED = new JsonNullable<>(null, false);

  private final T value;
  private final boolean isPresent;

  private JsonNullable(T value, boolean isPresent) {
    this.value = value;
    this.isPresent = isPresent;
  }

  @SuppressWarnings("unchecked")
  public static <T> JsonNullable<T> undefined() {
    return (JsonNullable<T>) UNDEFINED;
  }

  public static <T> JsonNullable<T> of(T value) {
    return new JsonNullable<>(value, true);
  }

  public boolean isPresent() {
    return isPresent;
  }

  public T get() {
    if (!isPresent) throw new NoSuchElementException("there is no value");
    return value;
  }

  public T orElse(T other) {
    return isPresent ? value : other;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JsonNullable<?> o && isPresent == o.isPresent && Objects.deepEquals(value, o.value);
  }

  @Override
  public int hashCode() {
    return Objects.hash(value, isPresent);
  }
}
