package org.pglynx.proxy.ml;

/**
 * Names a stored model among all databases behind this process. The creation time tells models
 * apart that got the same id in a schema that was dropped and created anew.
 *
 * @param cluster the server database behind the session's pool
 * @param database the database that the client named
 * @param id models.id
 * @param createdAt models.created_at in text form
 */
record ModelKey(String cluster, String database, long id, String createdAt) {}
