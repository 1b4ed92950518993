DROP SEQUENCE IF EXISTS of_session;
CREATE SEQUENCE of_session;
SELECT nextval('of_session');
SELECT currval('of_session'), lastval();
SELECT nextval('of_session');
SELECT currval('of_session'), lastval();
