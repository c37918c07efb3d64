package org.openapitools.jackson.nullable;

import com.fasterxml.jackson.databind.module.SimpleModule;

/** Stands in for the module of jackson-databind-nullable; it registers nothing. */
public final class JsonNullableModule extends SimpleModule {}
