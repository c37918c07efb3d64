package javax.annotation;

/** The annotation that generated code is marked with; Java has it elsewhere since version 9. */
public @interface Generated {
  String[] value();

  String date() default "";

  String comments() default "";
}
