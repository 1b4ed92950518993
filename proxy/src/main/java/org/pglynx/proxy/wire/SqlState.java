package org.pglynx.proxy.wire;

/** SQLSTATE codes of errors that the proxy itself raises (PostgreSQL manual, appendix A). */
public enum SqlState {
  /** successful_completion, of notices. */
  SUCCESSFUL_COMPLETION("00000"),
  /** connection_exception. */
  CONNECTION_EXCEPTION("08000"),
  /** sqlclient_unable_to_establish_sqlconnection. */
  CANNOT_CONNECT("08001"),
  /** connection_failure. */
  CONNECTION_FAILURE("08006"),
  /** transaction_resolution_unknown. */
  TRANSACTION_UNKNOWN("08007"),
  /** protocol_violation. */
  PROTOCOL_VIOLATION("08P01"),
  /** feature_not_supported. */
  FEATURE_NOT_SUPPORTED("0A000"),
  /** numeric_value_out_of_range. */
  OUT_OF_RANGE("22003"),
  /** null_value_not_allowed. */
  NULL_NOT_ALLOWED("22004"),
  /** character_not_in_repertoire. */
  NOT_IN_REPERTOIRE("22021"),
  /** invalid_parameter_value. */
  INVALID_PARAMETER("22023"),
  /** invalid_text_representation. */
  INVALID_TEXT("22P02"),
  /** invalid_binary_representation. */
  INVALID_BINARY("22P03"),
  /** bad_copy_file_format. */
  BAD_COPY_FORMAT("22P04"),
  /** array_subscript_error. */
  ARRAY_SUBSCRIPT("2202E"),
  /** not_null_violation. */
  NOT_NULL_VIOLATION("23502"),
  /** check_violation. */
  CHECK_VIOLATION("23514"),
  /** active_sql_transaction. */
  ACTIVE_TRANSACTION("25001"),
  /** no_active_sql_transaction. */
  NO_TRANSACTION("25P01"),
  /** in_failed_sql_transaction. */
  FAILED_TRANSACTION("25P02"),
  /** idle_in_transaction_session_timeout. */
  IDLE_IN_TRANSACTION_TIMEOUT("25P03"),
  /** transaction_timeout. */
  TRANSACTION_TIMEOUT("25P04"),
  /** deadlock_detected. */
  DEADLOCK("40P01"),
  /** invalid_sql_statement_name. */
  INVALID_STATEMENT_NAME("26000"),
  /** invalid_authorization_specification. */
  INVALID_AUTHORIZATION("28000"),
  /** invalid_password. */
  INVALID_PASSWORD("28P01"),
  /** invalid_cursor_name. */
  INVALID_CURSOR_NAME("34000"),
  /** invalid_catalog_name. */
  UNKNOWN_DATABASE("3D000"),
  /** invalid_schema_name. */
  UNKNOWN_SCHEMA("3F000"),
  /** insufficient_privilege. */
  INSUFFICIENT_PRIVILEGE("42501"),
  /** syntax_error. */
  SYNTAX_ERROR("42601"),
  /** undefined_column. */
  UNDEFINED_COLUMN("42703"),
  /** undefined_object. */
  UNDEFINED_OBJECT("42704"),
  /** datatype_mismatch. */
  DATATYPE_MISMATCH("42804"),
  /** wrong_object_type. */
  WRONG_OBJECT_TYPE("42809"),
  /** undefined_function. */
  UNDEFINED_FUNCTION("42883"),
  /** undefined_table. */
  UNDEFINED_TABLE("42P01"),
  /** undefined_parameter. */
  UNDEFINED_PARAMETER("42P02"),
  /** duplicate_prepared_statement. */
  DUPLICATE_STATEMENT("42P05"),
  /** invalid_column_reference. */
  INVALID_COLUMN_REFERENCE("42P10"),
  /** insufficient_resources. */
  INSUFFICIENT_RESOURCES("53000"),
  /** out_of_memory. */
  OUT_OF_MEMORY("53200"),
  /** too_many_connections. */
  TOO_MANY_CONNECTIONS("53300"),
  /** configuration_limit_exceeded. */
  LIMIT_EXCEEDED("53400"),
  /** program_limit_exceeded. */
  PROGRAM_LIMIT("54000"),
  /** object_not_in_prerequisite_state. */
  NOT_IN_PREREQUISITE_STATE("55000"),
  /** query_canceled. */
  QUERY_CANCELED("57014"),
  /** admin_shutdown. */
  ADMIN_SHUTDOWN("57P01"),
  /** cannot_connect_now. */
  CANNOT_CONNECT_NOW("57P03"),
  /** idle_session_timeout. */
  IDLE_SESSION_TIMEOUT("57P05"),
  /** config_file_error. */
  CONFIG_FILE_ERROR("F0000"),
  /** internal_error. */
  INTERNAL_ERROR("XX000"),
  /** data_corrupted. */
  DATA_CORRUPTED("XX001");

  private final String code;

  SqlState(String code) {
    this.code = code;
  }

  /** The five characters that go over the wire. */
  public String code() {
    return code;
  }
}
